"""Stops of a checklist: which piece or place is meant by what was typed."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from duty.clock import day_of
from equipment.forms.pieces import places_for
from equipment.models import Equipment, Place
from equipment.models.places import place_tree

MOST_OFFERED = 600


def plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).casefold().replace("/", " / ").split())


class Spots:
    """Every piece and place that this person may put on a checklist."""

    def __init__(self, person, at):
        rows = Equipment.objects.visible_to(person).in_use(day_of(at)).order_by("code")
        self.pieces: list[Equipment] = list(rows)
        self.places: list[Place] = places_for(person)
        tree = place_tree()
        self.paths = {place.pk: tree.path(place.pk) for place in self.places}
        self.by_code = {plain(piece.code): piece for piece in self.pieces}

    @property
    def offered(self) -> list[tuple[str, str]]:
        """(what is typed for it, where it stands) for the suggestions."""
        tree = place_tree()
        pieces = [(f"{piece.code} {piece.name}", tree.path(piece.place_id)) for piece in self.pieces]
        return [*pieces, *((self.paths[place.pk], _("place")) for place in self.places)][:MOST_OFFERED]

    def piece(self, code: str) -> Equipment:
        """By its code. Raises ValidationError with what to do."""
        if (found := self.by_code.get(plain(code))) is None:
            words = _("There is no piece in use with the code “%(code)s”. Look it up in the register.")
            raise ValidationError(words % {"code": code[:30]})
        return found

    def place(self, words: str) -> Place:
        """By its path, or by its name alone where there is one of it only."""
        said = plain(words)
        found = [place for place in self.places if plain(self.paths[place.pk]) == said]
        found = found or [place for place in self.places if plain(place.name) == said]
        if not found:
            raise ValidationError(
                _("There is no place “%(said)s”. Enter it under “Places” first.") % {"said": words[:60]}
            )
        if len(found) > 1:
            paths = "; ".join(self.paths[place.pk] for place in found[:5])
            told = _("There are several places “%(said)s”. Write the whole path: %(paths)s.")
            raise ValidationError(told % {"said": words[:60], "paths": paths})
        return found[0]

    def found(self, words: str) -> tuple[Equipment | None, Place | None]:
        """A piece by its code, its code and name, its name or its tag; else a place."""
        said = plain(words)
        first = self.by_code.get(said.split(" ")[0]) if said else None
        if first and said in (plain(first.code), plain(f"{first.code} {first.name}"), plain(str(first))):
            return first, None
        pieces = [
            piece for piece in self.pieces if said in (plain(piece.name), plain(str(piece)), piece.tag.casefold())
        ]
        if len(pieces) == 1:
            return pieces[0], None
        if pieces:
            codes = "、".join(piece.code for piece in pieces[:8])
            raise ValidationError(_("Several pieces are called that. Write the code: %(codes)s.") % {"codes": codes})
        if first:
            return first, None
        try:
            return None, self.place(words)
        except ValidationError as why:
            if len(self._named(said)) > 1:
                raise
            told = _("Neither a piece nor a place is called “%(said)s”. Choose one of the suggestions.")
            raise ValidationError(told % {"said": words[:60]}) from why

    def _named(self, said: str) -> list[Place]:
        return [place for place in self.places if plain(place.name) == said]

    def by_key(self, key: str) -> tuple[Equipment | None, Place | None]:
        """As addresses name a stop: e12, p3, g. Raises KeyError for what this person may not use."""
        if key == "g":
            return None, None
        pk = int(key[1:]) if key[1:].isascii() and key[1:].isdecimal() and len(key) < 18 else 0
        rows = {"e": self.pieces, "p": self.places}.get(key[:1], [])
        found = next((row for row in rows if row.pk == pk), None)
        if found is None:
            raise KeyError(key)
        return (found, None) if key[0] == "e" else (None, found)


class StopField(forms.CharField):
    """A piece or a place, with suggestions."""

    def __init__(self, spots: Spots, **kwargs):
        super().__init__(max_length=160, **kwargs)
        self.spots = spots
        self.widget.attrs |= {
            "list": "spots", "autocomplete": "off", "placeholder": _("Code or name of a piece, or a place"), "class": "form-control",
        }  # fmt: skip

    def clean(self, value):
        words = super().clean(value).strip()
        return self.spots.found(words) if words else None


class StopForm(forms.Form):
    def __init__(self, *args, spots: Spots, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stop"] = StopField(spots, label=_("Piece or place"))


class CopyForm(forms.Form):
    """The same items at another piece or place."""

    def __init__(self, *args, spots: Spots, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"] = StopField(spots, label=_("Copy to"))
