"""A roster by date: as a month, as a list, and on paper for the wall."""

from django.shortcuts import render

from duty.access import can, signed_in
from duty.clock import day_of
from duty.pages import number_asked
from scheduling.daybook import daybook_of
from scheduling.paper import paper_of
from scheduling.views.rosters import roster_seen


def _asked(request, pk: int) -> dict:
    roster = roster_seen(request, pk)
    return {
        "roster": roster,
        "book": daybook_of(roster, request.at),
        "editable": roster.is_draft and can(request.user, "change", roster),
        "today": day_of(request.at),
        "me": request.user.pk,
    }


@signed_in
def month(request, pk: int):
    """Weeks as rows, each day its watches; on a phone a list of days."""
    return render(request, "scheduling/roster_month.html", _asked(request, pk))


@signed_in
def by_date(request, pk: int):
    """Watch by watch, of one person or one post if these are asked for."""
    context = _asked(request, pk)
    people, posts = dict(context["book"].people), {post.pk for post in context["book"].posts}
    person, post = number_asked(request.GET.get("person")), number_asked(request.GET.get("post"))
    context |= {"person": person if person in people else None, "post": post if post in posts else None}
    context |= {"shown": context["book"].only(context["person"], context["post"]), "name": people.get(person, "")}
    return render(request, "scheduling/roster_list.html", context)


@signed_in
def paper(request, pk: int):
    """《值班表》 on A4, across."""
    context = _asked(request, pk)
    version = context["roster"].versions.first()
    context |= {"paper": paper_of(context["book"]), "published": version and version.at}
    return render(request, "scheduling/roster_paper.html", context)
