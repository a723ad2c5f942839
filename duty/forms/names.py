"""Registers whose rows each have a name of their own, or a code."""

from collections.abc import Callable

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import IntegrityError, transaction


class NameOnce:
    """A model form that tells a taken name beside the name, however late it is found: typed, checked or saved.

    `taken` is what the constraint of the table says as well; a namesake may appear between any two of those moments.
    """

    taken: str
    own = "name"  # the field that has to be one of its kind

    def _post_clean(self):
        super()._post_clean()
        said = self._errors.get(NON_FIELD_ERRORS)
        late = [error for error in said.as_data() if error.message == self.taken] if said else []
        for error in late:
            said.data.remove(error)
            self.add_error(self.own, error)
        if late and not said:
            del self._errors[NON_FIELD_ERRORS]

    def kept(self, write: Callable | None = None):
        """The saved row, by `write` where a verb does it; None where somebody was faster with that name."""
        try:
            with transaction.atomic():
                return (write or self.save)() or self.instance
        except IntegrityError:
            self.add_error(self.own, self.taken)
            return None
