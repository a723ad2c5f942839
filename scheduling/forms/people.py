"""People by name or staff number, one or several in a field."""

import datetime as dt
import re
from collections import Counter

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from duty.clock import day_of
from duty.models import Person

BETWEEN = re.compile(r"[、,，;；\n]+")


def employable(at: dt.datetime) -> list[Person]:
    """Who works here, or will: people are entered for duties to come."""
    gone = Q(employed_until__lt=day_of(at))
    return list(Person.objects.filter(~gone | Q(employed_until__isnull=True), is_active=True))


def names_of(people: list[Person]) -> Counter:
    return Counter(person.name for person in people)


def shown(person: Person | None, names: Counter) -> str:
    """The name as it is typed: with the staff number where two have the same."""
    if person is None:
        return ""
    return f"{person.name} ({person.staff_number})" if names[person.name] > 1 else person.name


class PersonField(forms.CharField):
    """A person by name or staff number, with suggestions; forgiving of what people really type."""

    def __init__(self, people, **kwargs):
        super().__init__(**kwargs)
        self.people = people
        self.widget.attrs |= {"list": "people", "autocomplete": "off", "placeholder": _("Name or staff number")}

    def clean(self, value):
        words = super().clean(value).strip()
        return self.found(words) if words else None

    def found(self, words: str) -> Person:
        name, _space, number = words.rpartition(" ")
        number = number.strip("()（）").lower()
        by_number = [
            person
            for person in self.people
            if person.staff_number.lower() == number and name.strip() in ("", person.name)
        ]
        found = by_number or [person for person in self.people if person.name == words]
        if len(found) == 1:
            return found[0]
        if found:
            numbers = "、".join(person.staff_number for person in found)
            raise ValidationError(
                _("There are several people called %(name)s. Write the staff number: %(numbers)s.")
                % {"name": words, "numbers": numbers}
            )
        raise ValidationError(_("Nobody called “%(name)s” works here at that time.") % {"name": words})


class PeopleField(PersonField):
    """Several people, separated by 、 or a comma; in the order in which they are written."""

    def __init__(self, people, *, most: int = 20, **kwargs):
        super().__init__(people, **kwargs)
        self.most = most
        self.widget.attrs["placeholder"] = _("Names or staff numbers, separated by commas")

    def clean(self, value):
        said = [words.strip() for words in BETWEEN.split(forms.CharField.clean(self, value)) if words.strip()]
        if len(said) > self.most:
            raise ValidationError(_("%(n)s people at most.") % {"n": self.most})
        found = [self.found(words) for words in said]
        for person, times in Counter(found).items():
            if times > 1:
                raise ValidationError(_("%(name)s stands there twice.") % {"name": person.name})
        return found
