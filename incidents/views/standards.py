"""The severity standard 《事件分级标准》: the version in force, its history, and the draft of the next."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import can, may, signed_in
from duty.models import Matter, Unit
from duty.models.units import unit_tree
from duty.steps import Conflict
from incidents.access import KEEPERS, keepers
from incidents.first_standard import lay_down
from incidents.forms.standards import LevelForm, MatrixForm
from incidents.models import Scope, Standard, Urgency


@signed_in
def in_force(request):
    standard = Standard.objects.in_force()
    if standard is None:
        return render(
            request, "incidents/standard_none.html", {"may_found": _may_found(request.user, _top_of(request.user))}
        )
    return _show(request, standard)


@signed_in
def standard(request, pk: int):
    return _show(request, get_object_or_404(Standard, pk=pk))


def _show(request, standard: Standard):
    context = {
        "standard": standard,
        "levels": standard.levels.all(),
        "rows": [
            (label, [standard.matrix.get((urgency, scope)) for scope in Scope.values])
            for urgency, label in reversed(Urgency.choices)
        ],
        "scopes": Scope.labels,
        "versions": Standard.objects.select_related("published_by").order_by("-number"),
        "in_force": Standard.objects.in_force(),
        "draft": Standard.objects.filter(status=Standard.Status.DRAFT).first(),
        "may_edit": can(request.user, "edit", standard),
        "is_draft": standard.status == Standard.Status.DRAFT,
        "may_trace": Matter.objects.visible_to(request.user).filter(pk=standard.pk).exists(),
    }
    return render(request, "incidents/standard.html", context)


def _top_of(person) -> Unit:
    return Unit.objects.get(pk=unit_tree().above(person.unit_id)[-1])


def _may_found(person, top: Unit) -> bool:
    return person.sight.has(*KEEPERS, unit=top.pk)


@keepers
@require_POST
def lay_down_first(request):
    """Begin with the proposed standard; only where there is none."""
    top = _top_of(request.user)
    if not _may_found(request.user, top):
        raise PermissionDenied("found")
    if not Standard.objects.exists() and _alone(lambda: lay_down(top, by=request.user, at=request.at)):
        messages.success(request, _("The proposed standard is in force. Adapt it to your organisation."))
    return redirect("standard-in-force")


@keepers
@require_POST
def begin(request):
    """A draft of the next version, from the one in force; the draft there is, if there is one."""
    source = Standard.objects.in_force()
    if source is None:
        return redirect("standard-in-force")
    may(request.user, "edit", source)
    drafts = Standard.objects.filter(status=Standard.Status.DRAFT)
    if not drafts.exists():
        _alone(lambda: Standard().begin(source, by=request.user, at=request.at))
    return redirect(drafts.first() or source)


def _alone(write) -> bool:
    """Two managers may begin at once: the database lets one of them, the other goes where that one leads."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return False
    return True


def _draft(request, pk: int) -> Standard | None:
    """The draft, for those who may edit it; None for one that someone looks at after it was published."""
    draft = get_object_or_404(Standard, pk=pk)
    may(request.user, "edit", draft)
    if draft.status == Standard.Status.DRAFT:
        return draft
    said = _("This version is published and never changes. Begin a new version.")
    if request.method == "POST":
        raise Conflict(draft, said)
    messages.info(request, said)
    return None


@keepers
def edit(request, pk: int):
    """The matrix of the draft."""
    draft = _draft(request, pk)
    if draft is None:
        return redirect("standard", pk)
    form = MatrixForm(request.POST or None, standard=draft)
    if request.method == "POST" and form.is_valid():
        draft.version = form.cleaned_data["version"]
        draft.edit([], form.cells(), note=form.cleaned_data["note"], by=request.user, at=request.at)
        messages.success(request, _("Saved in the draft."))
        return redirect(draft)
    context = {"standard": draft, "form": form, "scopes": Scope.labels}
    return render(request, "incidents/standard_matrix.html", context, status=422 if form.errors else 200)


@keepers
def edit_level(request, pk: int, rank: int):
    """One level of the draft, with its ladder."""
    draft = _draft(request, pk)
    if draft is None:
        return redirect("standard", pk)
    level = get_object_or_404(draft.levels, rank=rank)
    form = LevelForm(request.POST or None, instance=level)
    if request.method == "POST" and form.is_valid():
        draft.version = form.cleaned_data["version"]
        draft.edit([form.save()], [], note=draft.note, by=request.user, at=request.at)
        messages.success(request, _("Saved in the draft."))
        return redirect(draft)
    context = {"standard": draft, "level": level, "form": form}
    return render(request, "incidents/standard_level.html", context, status=422 if form.errors else 200)


@keepers
@require_POST
def publish(request, pk: int):
    draft = _draft(request, pk)
    if request.POST.get("version", str(draft.version)) != str(draft.version):
        raise Conflict(draft)  # someone edited it after this page was opened
    draft.publish(by=request.user, at=request.at)
    messages.success(request, _("Published. From now on incidents are graded by it; older ones keep theirs."))
    return redirect(draft)
