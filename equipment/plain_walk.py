"""Walking without a script: one stop as a plain form, taken in the same way as what a telephone sends."""

import uuid

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from duty.filing import examined
from duty.models.files import PHOTOS
from duty.pages import number_asked
from equipment.completeness import missing
from equipment.models import How, Judged, Kind, Round
from equipment.models.pieces import read_tag
from equipment.receiving import receive, take_shot
from equipment.telephone import value_of
from equipment.walking import Found, Stop, stops_of, version_of, walked, with_last_values


class PlainWalk:
    """The stop that `?stop=` names, or the first that lacks something; what was typed there, and what is wrong with it."""

    def __init__(self, walk: Round, request):
        self.walk, self.request = walk, request
        self.stops = with_last_values(walk, walked(walk, stops_of(version_of(walk))))
        self.errors: list[str] = []
        self.stop = self._chosen()
        for row in self.stop.rows if self.stop else ():
            self._show(row)
        self.done = sum(not self._open(stop) for stop in self.stops)

    @staticmethod
    def _open(stop: Stop) -> bool:
        return any(row.asked and (row.lacking or (row.answer is None and row.item.required)) for row in stop.rows)

    def _chosen(self) -> Stop | None:
        number = number_asked(self.request.GET.get("stop"))
        named = next((stop for stop in self.stops if stop.number == number), None)
        return named or next(filter(self._open, self.stops), self.stops[0] if self.stops else None)

    @property
    def complete(self) -> bool:
        return bool(self.stops) and not any(map(self._open, self.stops))

    def _show(self, row: Found) -> None:
        """What stands in the fields: what was just sent, else what was answered."""
        sent, pk, answer = self.request.POST, row.item.pk, row.answer
        standing = answer is not None and answer.judged != Judged.NOT_CHECKED
        row.value = sent.get(f"value-{pk}", value_of(answer) if standing else "")
        row.note = sent.get(f"note-{pk}", answer.note if answer else "")
        row.not_checked = f"not-{pk}" in sent if sent else answer is not None and not standing
        row.error = ""

    def onward(self) -> str:
        """The next stop once this one lacks nothing; else this one again, with what is asked upon the answers."""
        fresh = PlainWalk(self.walk, self.request)
        stop = next((s for s in fresh.stops if self.stop and s.number == self.stop.number), None)
        number = stop.number if stop and fresh._open(stop) else min((stop.number if stop else 0) + 1, len(fresh.stops))
        return f"{reverse('round-walk', args=[self.walk.pk])}?stop={number}"

    def take(self) -> bool:
        """Take in what was sent; False if something of it is wrong."""
        if self.stop is None:
            return False
        by, at = self.request.user, self.request.at
        answers = [sent for row in self.stop.rows if (sent := self._sent(row))]
        refused = receive(
            self.walk, self._parcel(answers=answers, visits=self._visits(), begun_at=at.isoformat()), by=by, at=at
        )
        by_uid = {str(self._uid(row.item.pk)): row for row in self.stop.rows}
        for uid, why in refused.items():
            by_uid[uid].error = why
            self.errors.append(f"{by_uid[uid].item.question}: {why}")
        for row in self.stop.rows:
            self._photos(row)
        if not self.errors and "finish" in self.request.POST:
            self._finish()
        return not self.errors

    def _finish(self) -> None:
        if lacking := missing(self.walk):
            items = {row.item.pk: row.item for stop in self.stops for row in stop.rows}
            self.errors += [f"{items[pk].question}: {why}" for pk, why in lacking.items()]
            return
        receive(
            self.walk,
            self._parcel("end", done_at=self.request.at.isoformat()),
            by=self.request.user,
            at=self.request.at,
        )

    def _uid(self, what) -> uuid.UUID:
        """The same for the same form sent twice."""
        try:
            form = uuid.UUID(self.request.POST.get("once", ""))
        except ValueError:
            form = self.form_uid = getattr(self, "form_uid", None) or uuid.uuid4()
        return uuid.uuid5(form, str(what))

    def _parcel(self, part="", **more) -> dict:
        return {
            "uid": str(self._uid(f"parcel {part}")),
            "sent_at": self.request.at.isoformat(),
            "device": "form",
        } | more

    def _sent(self, row: Found) -> dict | None:
        """The answer in the form if it says anything new."""
        value, note, answer = row.value.strip(), row.note.strip(), row.answer
        if not row.asked or not (value or row.not_checked or row.item.kind in (Kind.PHOTO, Kind.SIGNATURE)):
            return None
        if row.item.kind in (Kind.PHOTO, Kind.SIGNATURE) and not row.not_checked:
            if answer or not self.request.FILES.getlist(f"photo-{row.item.pk}"):
                return None
        same = answer and (answer.judged == Judged.NOT_CHECKED) == row.not_checked and answer.note == note
        if same and (row.not_checked or value_of(answer) == value):
            return None
        return {
            "uid": str(self._uid(row.item.pk)), "item": row.item.pk, "value": value, "note": note,
            "not_checked": row.not_checked, "answered_at": self.request.at.isoformat(),
        }  # fmt: skip

    def _visits(self) -> list[dict]:
        typed = self.request.POST.get("code", "").strip()
        piece, key = self.stop.equipment, self.stop.key
        if key == (None, None) or (self.stop.visits and not typed):
            return []
        if typed and not (piece and read_tag(typed) == piece.tag):
            self.errors.append(
                _("The code “%(code)s” is not the one of this piece. Look at the label again.") % {"code": typed[:20]}
            )
            return []
        return [
            {"uid": str(self._uid("visit")), "equipment": key[0], "place": key[1], "how": How.TYPED if typed else How.NONE,
             "arrived_at": self.request.at.isoformat()}
        ]  # fmt: skip

    def _photos(self, row: Found) -> None:
        for n, upload in enumerate(self.request.FILES.getlist(f"photo-{row.item.pk}")):
            try:
                content = examined(upload)
                if content.kind not in PHOTOS:
                    raise ValidationError(_("This is no photo. Take a photo, or choose a JPEG, PNG or WebP."))
                uid = str(self._uid(f"photo {row.item.pk} {n}"))
                take_shot(
                    self.walk, uid, row.item.pk, content, self.request.at, by=self.request.user, at=self.request.at
                )
            except ValidationError as why:
                row.error = " ".join(why.messages)
                self.errors.append(f"{row.item.question}: {row.error}")
