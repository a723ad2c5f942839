from django import forms
from django.utils.translation import gettext_lazy

from duty.forms.names import NameOnce
from duty.forms.people import plain_helper
from duty.forms.rows import offer
from duty.models import Unit
from equipment.access import KEEPERS
from equipment.forms.pieces import places_for
from equipment.forms.standing import Watched
from equipment.models import Place
from scheduling.forms.times import begin_labels_large


class PlaceForm(Watched, NameOnce, forms.ModelForm):
    taken = gettext_lazy("There is a place of this name here already.")

    class Meta:
        model = Place
        fields = ["unit", "parent", "name", "order", "is_active"]
        help_texts = {
            "parent": gettext_lazy("Empty: a building, or a site of its own."),
            "name": gettext_lazy("As it stands on the door: 3 楼, 配电间."),
            "is_active": gettext_lazy("What is no longer in use is offered for nothing new; what stands there stays."),
        }

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=person.sight.units(KEEPERS))
        places = [place for place in places_for(person) if place.pk != self.instance.pk]
        old = self.instance.parent_id
        if old and old not in {place.pk for place in places}:
            places.append(self.instance.parent)
        offer(self.fields["parent"], Place.objects.filter(pk__in=[place.pk for place in places]), places)
        if self.instance.pk is None:
            del self.fields["is_active"]
            if len(self.fields["unit"].queryset) == 1:
                self.initial.setdefault("unit", self.fields["unit"].queryset[0].pk)
        begin_labels_large(self)
