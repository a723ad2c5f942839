"""The maintainer's page behind the link in a message: what is broken, where, since when; I take it, I am on the way.

Signed for one person; opening it changes nothing. It works without signing in, and acts as that person on this defect only.
In the hands of someone else who is signed in it only shows.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache

from duty.access import can, may, signed_link
from duty.clock import MINUTE
from duty.filing import handed_out
from duty.links import in_other_hands, notice_of
from duty.models import Notice, Via
from duty.steps import Conflict
from duty.views.trail import tell
from equipment.forms.mending import ComeForm
from equipment.models import Defect, DefectStatus, Stage

KIND = "equipment.defect"


@signed_link
@never_cache
def answer(request, token: str):
    notice = notice_of(token, request.at, matter__kind=KIND)
    if notice is None:
        return render(request, "duty/link_old.html", status=410)
    stranger = in_other_hands(request, notice)
    own_tongue = "" if stranger else notice.recipient.language
    with translation.override(own_tongue or translation.get_language()):
        if request.method == "POST" and stranger:
            raise PermissionDenied("the link of someone else")
        return _page(request, notice, token, stranger)


def _page(request, notice: Notice, token: str, stranger: bool):
    rows = Defect.objects.select_related("matter", "equipment__place", "place", "mender", "found_by", "verified_by")
    defect, person, form, moved_on = rows.get(pk=notice.matter_id), notice.recipient, ComeForm(prefix="come"), ""
    if request.method == "POST":
        comes = request.POST.get("verb") == "come"
        may(person, "come" if comes and defect.mender_id == person.pk else "take", defect)
        how = {"by": person, "at": request.at, "via": Via.LINK}
        try:
            if not comes:
                defect.take(**how)
                return redirect("defect-answer", token)
            form = ComeForm(request.POST, prefix="come")
            if form.is_valid():
                defect.come(request.at + form.cleaned_data["minutes"] * MINUTE, **how)
                return redirect("defect-answer", token)
        except Conflict as conflict:
            # Whoever has no session cannot go and look: this page itself says how it stands now.
            moved_on, defect = conflict.message or defect.how_it_stands, rows.get(pk=notice.matter_id)
    context = {
        "defect": defect,
        "notice": notice,
        "person": person,
        "form": form,
        "photos": list(defect.photos.filter(stage=Stage.FOUND)[:4]),
        "may_take": not stranger and defect.status == DefectStatus.REPORTED and can(person, "take", defect),
        "may_come": not stranger and defect.status in ("taken", "coming") and defect.mender_id == person.pk,
        "stranger": stranger,
        "moved_on": moved_on,
        "story": tell(defect.matter),
        "token": token,
    }
    status = 409 if moved_on else 422 if form.errors else 200
    return render(request, "equipment/defect_answer.html", context, status=status)


@signed_link
@never_cache
def photo(request, token: str, photo: int):
    """A photo of the defect that this link is about, and of no other."""
    notice = notice_of(token, request.at, matter__kind=KIND)
    if notice is None:
        raise Http404
    shown = Defect.objects.get(pk=notice.matter_id).photos.select_related("file")
    return handed_out(request, get_object_or_404(shown, pk=photo).file, small="small" in request.GET)
