"""When something cannot be done: what is wrong, and what to do. Nothing typed is lost, nothing half-written."""

import re

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from duty.models import Line
from duty.steps import NotPossible


def _page(request, status: int, title: str, text: str, code: str = "", **more):
    """A page; for a script that asked for JSON the same sentence, with a word that it can tell them apart by."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"error": text, "title": title, "code": code}, status=status)
    return render(request, "duty/error.html", {"status": status, "title": title, "text": text} | more, status=status)


def conflicted(request, conflict):
    """409: the row has moved on. Says who changed what, and leads back to how it stands now."""
    subject = conflict.subject
    if isinstance(conflict, NotPossible):
        back = subject.get_absolute_url() if subject.pk else ""
        return _page(request, 409, _("Not possible"), conflict.message, "conflict", back=back, typed=_typed(request))
    lines = (
        Line.objects.filter(matter_id=subject.pk).select_related("who").order_by("-at", "-id")[:3] if subject.pk else []
    )
    return _page(
        request,
        409,
        _("This has changed in the meantime"),
        conflict.message or _whose(request, lines),
        code="conflict",
        lines=lines,
        back=subject.get_absolute_url() if subject.pk else "",
        typed=_typed(request),
    )


def _whose(request, lines) -> str:
    if lines and lines[0].who_id == request.user.pk:
        return _("You have changed this already, perhaps in another window. This is how it stands now.")
    return _("Someone else was faster. Look at how it stands now, then decide again.")


NOT_TYPED = {"csrfmiddlewaretoken", "once", "version", "next", "opened", "was", "report"}
CHOICE = re.compile(r"[a-z_]{0,20}|\d{1,6}", re.ASCII)  # what a list or a button sends
MOST_TYPED = 40


def _typed(request) -> list[tuple[str, str]]:
    """What was typed, to copy from: the page it belonged to no longer fits. Never a password; no bare choices."""
    return [
        (name, value)
        for name, value in request.POST.items()
        if name not in NOT_TYPED and "password" not in name and not CHOICE.fullmatch(value)
    ][:MOST_TYPED]


def sent_already(request, first: str):
    """The same page sent twice with different content: the first is kept, and the second is told, not dropped in silence."""
    return _page(
        request,
        409,
        _("This page was sent already"),
        _(
            "What it said the first time is saved. What you changed since is not: open what was saved, and change it there."
        ),
        code="sent",
        back=first,
        typed=_typed(request),
    )


def session_ended(request):
    """A form sent after the session ended: it is not taken, and not lost either."""
    return _page(
        request,
        403,
        _("Your session has ended"),
        _("Nothing was saved. Sign in again, then send it once more: what you typed stands below."),
        code="ended",
        typed=_typed(request),
    )


def stale_form(request, reason=""):
    """CSRF: usually a page left open over a sign-in by someone else."""
    return _page(
        request,
        403,
        _("This page is out of date"),
        _("You signed in again, or someone else did, since it was opened. Go back, reload, and send it once more."),
        code="stale",
        typed=_typed(request),
    )


def bad_request(request, exception=None):
    return _page(request, 400, _("That could not be read"), _("Go back, reload the page and try again."))


def forbidden(request, exception=None):
    return _page(
        request,
        403,
        _("This is not open to you"),
        _("Your roles do not cover it. An administrator can grant them; who that is stands on your profile page."),
    )


def not_found(request, exception=None):
    return _page(
        request,
        404,
        _("There is nothing here"),
        _("The address is wrong, or it belongs to a unit you do not see."),
    )


def file_missing(request):
    """Its row is there and the file is not: the database was restored without the folder."""
    return _page(
        request,
        404,
        _("The file is not on this server"),
        _(
            "Its entry is there, its content is not. Tell an administrator: the folder of files has to be restored from the backup."
        ),
    )


def takes_forms_only(request):
    """Such an address is reached by signing in again after a button was pressed, or by changing the language."""
    return _page(
        request, 405, _("There is no page here"), _("This address only takes what a form sends. Nothing was changed.")
    )


def server_error(request):
    """Stands alone: whatever broke may be what the frame needs."""
    return render(request, "duty/broken.html", status=500)
