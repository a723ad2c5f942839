"""Walking a round: the page, and what a telephone asks and sends (A23, A26, A31, A41)."""

import json

from csp.constants import SELF
from csp.decorators import csp_update
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.db import transaction
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from duty.access import can, signed_in
from duty.filing import examined
from duty.looks import look
from duty.models.files import PHOTOS
from equipment.models import Round
from equipment.plain_walk import PlainWalk
from equipment.reading import instant, plain
from equipment.receiving import Clock, receive, take_shot
from equipment.telephone import state, taken
from equipment.views.rounds import held, seen
from equipment.walk_words import words

DECODER = {"script-src": [SELF, "'wasm-unsafe-eval'"]}  # the bundled reader of codes is WebAssembly


@signed_in
@never_cache
@csp_update(DECODER)
def walk(request, pk: int):
    """One stop at a time. The script takes over where there is one; the form below it asks the same."""
    row = seen(request, pk)
    if not (row.may_be_walked(request.at) and can(request.user, "walk", row)):
        return render(
            request, "equipment/walk_closed.html", {"row": row, "look": row.state(request.at), "words": words()}
        )
    form = PlainWalk(row, request)
    if request.method == "POST" and form.take():
        row.refresh_from_db()
        return redirect(row if row.done_at else form.onward())
    context = {"row": row, "form": form, "words": words()}
    return render(request, "equipment/walk.html", context, status=422 if form.errors else 200)


@signed_in
@never_cache
def kept(request, pk: int):
    """What a telephone keeps of the round, with a fresh token for what it sends."""
    return JsonResponse(_state(request, seen(request, pk)))


def _state(request, row: Round, brief: bool = False) -> dict:
    with look():  # after what was written, its parts are asked for once
        return state(row, request.user, request.at, brief) | {"csrf": get_token(request)}


@signed_in
@require_POST
def parcel(request, pk: int):
    row = held(request, pk, "walk")
    try:
        sent = json.loads(request.body) if request.content_type == "application/json" else None
    except RequestDataTooBig:
        return _refused(_("This is too much at once: 2 MB at most. Load the page again; nothing is lost."), 413)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        return _refused(
            _("What was sent cannot be read. Load the page again; what was found stays on this telephone."), 400
        )
    sent = plain(sent)
    if other := _of_another(request, sent.get("person")):
        return other
    try:
        with transaction.atomic():
            refused = receive(row, sent, by=request.user, at=request.at)
    except ValidationError as why:
        return _refused(" ".join(why.messages), 422)
    row = seen(request, pk)
    uids = [answer.get("uid") for answer in sent.get("answers") or []]
    brief = row.version_id is not None and sent.get("knows") == row.version_id
    return JsonResponse(_state(request, row, brief) | {"refused": refused, "taken": taken(row, uids)})


@signed_in
@require_POST
def photo(request, pk: int):
    """One photo or signature, ahead of the answer it belongs to."""
    row = held(request, pk, "walk")
    if other := _of_another(request, request.POST.get("person")):
        return other
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise ValidationError(_("No photo arrived. Take it again."))
        item = request.POST.get("item", "")
        clock = Clock(instant(request.POST.get("sent_at")), request.at)
        taken_at = clock.corrected(instant(request.POST.get("taken_at")), row.opens_at)
        content = examined(upload)
        if content.kind not in PHOTOS:
            raise ValidationError(_("This is no photo. Take a photo, or choose a JPEG, PNG or WebP."))
        with transaction.atomic():
            shot = take_shot(
                row, request.POST.get("uid"), int(item) if item.isascii() and item.isdecimal() and len(item) < 10 else 0,
                content, taken_at, by=request.user, at=request.at,
            )  # fmt: skip
    except ValidationError as why:
        return _refused(" ".join(why.messages), 422)
    return JsonResponse({"uid": str(shot.uid), "small": reverse("shot-small", args=[shot.pk])})


def _of_another(request, person) -> JsonResponse | None:
    """What one person found is never sent under the name of another who has signed in on the same telephone."""
    if str(person) == str(request.user.pk):
        return None
    words = _(
        "Someone else is signed in on this telephone. Whoever found this must sign in to send it; it is kept until then."
    )
    return _refused(words, 409, "another")


def _refused(error: str, status: int, code: str = "") -> JsonResponse:
    return JsonResponse({"error": error, "code": code}, status=status)
