"""Within how long defects are acknowledged and fixed, by how critical they are."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from equipment.access import keep_terms, readers
from equipment.forms.repair_terms import TermsForm


@readers
def terms(request):
    may_keep = keep_terms(request.user)
    if request.method == "POST":
        if not may_keep:
            raise PermissionDenied("keep_terms")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('terms of repair'))")
    form = TermsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        for row, fields in form.changed_terms():
            row.put(fields, by=request.user, at=request.at)
        messages.success(request, _("Saved. Defects that are open keep the times they were given."))
        return redirect("repair-terms")
    context = {"form": form, "may_keep": may_keep}
    return render(request, "equipment/repair_terms.html", context, status=422 if form.errors else 200)
