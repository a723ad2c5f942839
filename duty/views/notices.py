"""What I was told: seen, acknowledged, and how far each message got."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from duty.access import signed_in, signed_link
from duty.links import in_other_hands, notice_of
from duty.models import Notice
from duty.pages import Older

SHOWN = 40


@signed_in
def notices(request):
    mine = Notice.objects.to(request.user).select_related("matter", "firing").prefetch_related("deliveries")
    only_waiting = request.GET.get("show") == "waiting"
    if only_waiting:
        mine = mine.waiting()
    page = Older(mine, request, "-id", size=SHOWN)
    unseen = [notice.pk for notice in page.rows if notice.seen_at is None]
    if unseen:
        # Reading is noted without being a form: it changes nothing anyone else depends on.
        with transaction.atomic():
            Notice.objects.filter(pk__in=unseen, seen_at__isnull=True).update(seen_at=request.at)
    return render(request, "duty/notices.html", {"page": page, "only_waiting": only_waiting})


@signed_in
@require_POST
def acknowledge(request, pk: int):
    notice = get_object_or_404(Notice.objects.to(request.user), pk=pk)
    if notice.asks_for_more:
        return HttpResponseRedirect(notice.address)
    Notice.objects.filter(pk=notice.pk).acknowledge(request.at)
    return redirect("notices")


@signed_link
@never_cache
def answer(request, token: str):
    """The page behind a link in a message: signed for one person. Opening it changes nothing; the button does.

    Where someone else is signed in it only shows.
    """
    notice = notice_of(token, request.at)
    if notice is None:
        return render(request, "duty/link_old.html", status=410)
    own = notice.matter.model.answer_page_of(token) if notice.matter_id else request.path
    if own != request.path:
        return HttpResponseRedirect(own)  # what asks for more than a tick is answered there
    stranger = in_other_hands(request, notice)
    if request.method == "POST":
        if stranger:
            raise PermissionDenied("the link of someone else")
        Notice.objects.filter(pk=notice.pk).acknowledge(request.at, via="link")
        return redirect("notice-answer", token)
    return render(request, "duty/notice_answer.html", {"notice": notice, "stranger": stranger})
