"""Publishing a roster, changing a published one, and what was published when."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duty.access import signed_in
from duty.models import Notice
from duty.pages import number_asked
from scheduling.access import planners
from scheduling.certificate import certify
from scheduling.forms.rosters import PublishForm
from scheduling.publishing import Refused, changes_of, proven, publish
from scheduling.rules import RULES
from scheduling.sheet import sheet_of
from scheduling.views.rosters import provisional_years, roster_planned, roster_seen


@planners
def check(request, pk: int):
    """Everything that is wrong with the draft, how fair it is, and the button that publishes it."""
    roster = roster_planned(request, pk)
    if not roster.is_draft:
        return redirect(roster)
    form = PublishForm(request.POST or None, initial={"edits": roster.edits})
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            version = publish(roster, asked["edits"], asked["override"], by=request.user, at=request.at)
        except Refused as refused:
            if refused.absolute:
                form.add_error(None, _("No reason excuses these: %(what)s") % {"what": "; ".join(refused.absolute[:5])})
            else:
                form.add_error(
                    "override", _("There are conflicts. Resolve them, or say why it is published all the same.")
                )
            roster.refresh_from_db()
        else:
            told = Notice.objects.filter(matter_id=roster.pk, key__startswith=f"roster:{roster.pk}:{version.number}:")
            messages.success(request, _("Published. %(n)s people are told.") % {"n": told.count()})
            return redirect(roster)
    sheet = sheet_of(roster, request.at)
    hard = [broken for broken in sheet.breaks if RULES[broken.rule].hard]
    context = {
        "roster": roster,
        "form": form,
        "sheet": sheet,
        "hard": sheet.worded(hard, 100),
        "n_hard": len(hard),
        "more_hard": max(0, len(hard) - 100),
        "absolute": any(RULES[broken.rule].absolute for broken in hard),
        "changes": changes_of(roster) if roster.number else [],
        "certificate": certify(sheet.plan, sheet.fair, **proven(roster)),
        "provisional": provisional_years(roster),
    }
    return render(request, "scheduling/roster_check.html", context, status=422 if form.errors else 200)


@planners
@require_POST
def revise(request, pk: int):
    roster = roster_planned(request, pk)
    roster.revise(by=request.user, at=request.at)
    messages.success(request, _("This is a draft of changes. What is published holds until you publish again."))
    return redirect(roster)


@planners
@require_POST
def archive(request, pk: int):
    """Put a roster that is over among the archived ones."""
    roster = roster_planned(request, pk)
    roster.archive(by=request.user, at=request.at)
    messages.success(request, _("Archived. It can be looked at, printed and exported as before."))
    return redirect(roster)


@signed_in
@require_POST
def read(request, pk: int):
    """I have read it: what I was told of this roster up to what stood on the page, and nothing that came since."""
    roster, shown = roster_seen(request, pk), number_asked(request.POST.get("shown"))
    if shown is None:
        raise Http404
    Notice.objects.to(request.user).filter(matter_id=roster.pk, pk__lte=shown).waiting().acknowledge(request.at)
    messages.success(request, _("Noted. Those who plan see that you have read it."))
    return redirect(roster)


@signed_in
def versions(request, pk: int):
    """What was published when, by whom and in spite of what; and who has read it."""
    roster = roster_seen(request, pk)
    rows = list(roster.versions.select_related("by"))
    told = Notice.objects.filter(matter_id=roster.pk, key__startswith=f"roster:{roster.pk}:").select_related(
        "recipient"
    )
    by_version: dict[int, list] = {row.number: [] for row in rows}
    for notice in told.order_by("recipient__name_sort"):
        by_version.setdefault(int(notice.key.split(":")[2]), []).append(notice)
    context = {"roster": roster, "versions": [(row, by_version[row.number]) for row in rows]}
    return render(request, "scheduling/roster_versions.html", context)
