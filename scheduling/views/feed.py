"""The private calendar address: made, made anew, switched off by its owner; read by a calendar without a sign-in."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from duty.access import signed_in, signed_link
from scheduling.feeds import calendar_of, digest_of
from scheduling.models import Feed


@signed_in
@require_POST
def renew(request):
    Feed.renew(request.user, at=request.at)
    messages.success(request, _("The address is made. Whoever had an old one reads nothing any more."))
    return redirect("/my/#feed")


@signed_in
@require_POST
def end(request):
    Feed.end(request.user, at=request.at)
    messages.success(request, _("The address is switched off."))
    return redirect("/my/#feed")


@signed_link
@require_safe
def feed(request, token: str):
    """Asked every few minutes by every phone: an answer that has not changed is not sent again."""
    found = Feed.of_token(token, request.at)
    if found is None:
        raise Http404
    with translation.override(found.tongue):
        text = calendar_of(found.person, request.at)
    digest = digest_of(text)
    if digest != found.digest:
        Feed.objects.filter(pk=found.pk).update(digest=digest, changed_at=request.at)
        found.changed_at = request.at
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = f'"{digest}"'
    answer["Last-Modified"] = http_date(read_at := int(found.changed_at.timestamp()))
    answer["Cache-Control"] = "private, no-cache"
    answer["Content-Disposition"] = "inline; filename=zhiban.ics"
    return get_conditional_response(request, etag=answer["ETag"], last_modified=read_at, response=answer)
