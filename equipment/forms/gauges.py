from django import forms
from django.utils.translation import gettext_lazy

from duty.forms.names import NameOnce
from duty.forms.people import plain_helper
from equipment.forms.standing import Watched
from equipment.models import Gauge
from equipment.models.gauges import without_zeros
from scheduling.forms.times import begin_labels_large


class GaugeForm(Watched, NameOnce, forms.ModelForm):
    taken = gettext_lazy("This piece has a gauge of this name already.")

    class Meta:
        model = Gauge
        fields = ["name", "measure", "normal_low", "normal_high", "alarm_low", "alarm_high", "order", "is_active"]
        help_texts = {
            "normal_low": gettext_lazy("Empty: open on this side."),
            "normal_high": gettext_lazy("Empty: open on this side."),
            "alarm_low": gettext_lazy("A lower value is an alarm. Empty: none is."),
            "alarm_high": gettext_lazy("A higher value is an alarm. Empty: none is."),
            "is_active": gettext_lazy("What is no longer in use is not read any more; what was read stays."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        for name in ("normal_low", "normal_high", "alarm_low", "alarm_high"):
            value = self.initial.get(name)
            if value is not None:
                self.initial[name] = without_zeros(value)
        if self.instance.pk is None:
            del self.fields["is_active"]
        begin_labels_large(self)

    def _get_validation_exclusions(self):
        """The piece is known: a second gauge of a name on it is told before the database refuses it."""
        return super()._get_validation_exclusions() - {"equipment"}
