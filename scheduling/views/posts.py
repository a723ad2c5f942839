"""Duty posts and the watches they keep: set up before the first roster (A4, A38–A40)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duty.access import can, may
from duty.clock import day_of, start_of
from duty.models import Line
from scheduling.access import PLANNERS, planners
from scheduling.forms.posts import LastDayForm, PatternForm, PostForm
from scheduling.hours import hours_of, warnings_of
from scheduling.models import Pattern, Post, Shift, Terms


@planners
def posts(request):
    """Every post the reader plans for or sees, with its hours."""
    today = day_of(request.at)
    rows = list(Post.objects.visible_to(request.user).select_related("unit").order_by("-is_active", "order", "id"))
    hours_of(rows, today)
    for post in rows:
        post.may_arrange = can(request.user, "arrange", post)
    return render(request, "scheduling/posts.html", {"posts": rows, "hours": range(0, 25, 6)})


@planners
def add(request):
    form = PostForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        if not request.user.sight.has(*PLANNERS, unit=form.cleaned_data["unit"].pk):
            raise PermissionDenied("arrange")
        if _kept(form, request, "added"):
            return redirect("post-pattern", form.instance.pk)
    return _page(request, form)


@planners
def change(request, pk: int):
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    may(request.user, "arrange", post)
    form = PostForm(request.POST or None, instance=post, person=request.user)
    if request.method == "POST" and form.is_valid() and _kept(form, request, "changed"):
        return redirect("posts")
    return _page(request, form, Post.objects.get(pk=pk))


def _page(request, form, post: Post | None = None):
    return render(
        request, "scheduling/post_form.html", {"form": form, "post": post}, status=422 if form.errors else 200
    )


def _kept(form, request, how: str) -> bool:
    post = form.kept()
    if post is None:
        return False
    if form.has_changed():
        Line.objects.trace_register(post, how, by=request.user, at=request.at, fields=form.changed_data)
    messages.success(request, _("Saved."))
    return True


# The watches of a post


@planners
def add_pattern(request, pk: int):
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    may(request.user, "arrange", post)
    form = PatternForm(request.POST or None, post=post, at=request.at)
    if request.method == "POST" and form.is_valid():
        pattern = form.instance
        if _written(form, lambda: pattern.begin(form.seats, by=request.user, at=request.at)):
            messages.success(request, _("The watch pattern is entered."))
            return _warned(request, pattern)
    return _pattern_page(request, form, post)


@planners
def change_pattern(request, pk: int):
    pattern = _standing(request, pk)
    form = PatternForm(request.POST or None, post=pattern.post, at=request.at, old=pattern)
    if request.method == "POST" and form.is_valid():
        # A day alone changes nothing, unless it moves a watch that has not begun.
        if set(form.changed_data) <= ({"from_on"} if pattern.has_begun(request.at) else set()):
            messages.info(request, _("Nothing was changed."))
            return redirect("posts")
        change = {"by": request.user, "at": request.at, "fields": form.changed_data}
        if _written(form, lambda: pattern.change_to(form.instance, form.seats, **change)):
            since = form.instance.from_on
            messages.success(request, _("The watch pattern is changed from %(day)s on.") % {"day": since})
            _tell_published(request, pattern, since)
            return _warned(request, form.instance)
    return _pattern_page(request, form, pattern.post, Pattern.objects.get(pk=pk))


@planners
def end_pattern(request, pk: int):
    pattern = _standing(request, pk)
    form = LastDayForm(request.POST or None, at=request.at)
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["last_on"]
        if _written(form, lambda: pattern.end(last, by=request.user, at=request.at)):
            messages.success(request, _("The watch pattern ends on %(day)s.") % {"day": last})
            _tell_published(request, pattern, last)
            return redirect("posts")
    context = {"form": form, "pattern": pattern}
    return render(request, "scheduling/pattern_end.html", context, status=422 if form.errors else 200)


def _standing(request, pk: int) -> Pattern:
    """A pattern that has not ended, of a post the reader sets up."""
    rows = Pattern.objects.visible_to(request.user).exclude(until_on__lt=day_of(request.at))
    pattern = get_object_or_404(rows.select_related("post").prefetch_related("seats"), pk=pk)
    may(request.user, "arrange", pattern)
    return pattern


def _written(form, write) -> bool:
    """What the post's other watches do not allow is told on the form."""
    try:
        write()
    except ValidationError as why:
        form.add_error(None, why)
        return False
    return True


def _warned(request, pattern: Pattern):
    """A39, A40: what is unusual is said, and stands."""
    for words in warnings_of(pattern, Terms.of(pattern.unit_id)):
        messages.warning(request, f"{pattern.name}: {words}")
    return redirect(reverse("posts") + f"#post-{pattern.post_id}")


def _tell_published(request, pattern: Pattern, since) -> None:
    later = Shift.objects.live().filter(post=pattern.post_id, name=pattern.name, starts_at__gte=start_of(since))
    if count := later.count():
        said = ngettext(
            "%(n)d watch is entered from then on already. It stays as it is until the roster is changed.",
            "%(n)d watches are entered from then on already. They stay as they are until the roster is changed.", count,
        )  # fmt: skip
        messages.warning(request, said % {"n": count})


def _pattern_page(request, form, post: Post, pattern: Pattern | None = None):
    context = {"form": form, "post": Post.objects.get(pk=post.pk), "pattern": pattern}
    return render(request, "scheduling/pattern_form.html", context, status=422 if form.errors else 200)
