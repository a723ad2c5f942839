"""The items of a checklist out to Excel and into a draft again: read, compared, and only then written."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duty.access import signed_in
from duty.clock import HOUR
from duty.forms.people import plain_helper
from duty.sheets import download
from duty.sheets_in import Unreadable
from equipment.access import keepers
from equipment.forms.stops import Spots
from equipment.item_sheets import tables_of
from equipment.item_sheets_in import compared, rows_of
from equipment.stops import items_of
from equipment.views.checklists import checklist_seen
from equipment.views.drafts import draft_kept

SALT = "equipment.items"
MOST_TOLD = 100


class ItemSheetForm(forms.Form):
    sheet = forms.FileField(label=gettext_lazy("Excel file"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

    def clean_sheet(self):
        try:
            return rows_of(self.cleaned_data["sheet"])
        except Unreadable as why:
            raise forms.ValidationError(why.args[0]) from why


@signed_in
def export(request, pk: int):
    """The version in force; with ?draft the draft, for those who go on with it in Excel."""
    row = checklist_seen(request, pk)
    version = row.draft if "draft" in request.GET else row.in_force
    version = version or row.in_force or row.draft
    if version is None:
        raise Http404
    return download(f"{row.name} {version.label}", *tables_of(items_of(version)))


@keepers
def take_in(request, pk: int):
    """The sheet is compared with the draft; a second step writes what differs, all of it or nothing."""
    row, draft = draft_kept(request, pk)
    if "rows" in request.POST:
        return _write(request, row, draft)
    form = ItemSheetForm(request.POST or None, request.FILES or None)
    context = {"row": row, "draft": draft, "form": form}
    if request.method == "POST" and form.is_valid():
        context |= _compared(request, draft, form.cleaned_data["sheet"])
    wrong = bool(form.errors) or bool(context.get("wrong"))
    return render(request, "equipment/checklist_import.html", context, status=422 if wrong else 200)


def _compared(request, draft, rows) -> dict:
    reading = compared(draft, rows, Spots(request.user, request.at))
    return {
        "reading": reading,
        "wrong": reading.wrong[:MOST_TOLD],
        "more": max(0, len(reading.wrong) - MOST_TOLD),
        "packed": "" if reading.wrong else signing.dumps([draft.pk, draft.edits, rows], salt=SALT, compress=True),
    }


def _write(request, row, draft):
    try:
        version, edits, rows = signing.loads(request.POST["rows"], salt=SALT, max_age=HOUR)
    except signing.BadSignature:
        messages.error(request, _("The sheet was read more than an hour ago. Choose it once more."))
        return redirect("checklist-import", row.pk)
    if (version, edits) != (draft.pk, draft.edits):
        # Nothing of the sheet is lost: it is compared with the draft as it is now.
        context = {"row": row, "draft": draft, "stale": True, **_compared(request, draft, rows)}
        return render(request, "equipment/checklist_import.html", context, status=409)
    reading = compared(draft, rows, Spots(request.user, request.at))
    if reading.wrong:
        context = {"row": row, "draft": draft, "stale": True, **_compared(request, draft, rows)}
        return render(request, "equipment/checklist_import.html", context, status=409)
    out = reading.out if "out" in request.POST else []
    row.take_sheet(draft, reading.put, out, reading.order, edits, by=request.user, at=request.at)
    said = _("%(put)d items put in or changed, %(out)d taken out.") % {"put": len(reading.put), "out": len(out)}
    if reading.found.moved:
        said += " " + _("The draft has the order of the sheet.")
    messages.success(request, said)
    return redirect("checklist-edit", row.pk)
