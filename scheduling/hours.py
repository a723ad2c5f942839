"""A post's hours by type of day, as bars: what is watched, what the offices keep, what nobody does (A1, A40)."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duty.models.units import unit_tree
from scheduling import coverage
from scheduling.coverage import WHOLE_DAY, Span, clock
from scheduling.models import DayKind, Pattern, Post, Terms

WORKING = (DayKind.WORKDAY, DayKind.MAKEUP)


@dataclass
class Piece:
    """A stretch of a bar; `x` and `width` are per cent of the day."""

    start: int
    end: int
    look: str  # watch, before, office, above, open
    title: str
    mark: str = ""

    @property
    def x(self) -> float:
        return round(100 * self.start / WHOLE_DAY, 3)

    @property
    def width(self) -> float:
        return round(100 * (self.end - self.start) / WHOLE_DAY, 3)

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass
class Bar:
    kind: DayKind
    pieces: list[Piece] = field(default_factory=list)
    open: list[Span] = field(default_factory=list)

    @property
    def words(self) -> str:
        """What the bar shows, for whoever cannot see it."""
        return "; ".join(piece.title for piece in self.pieces)

    @property
    def open_words(self) -> str:
        return "、".join(f"{clock(start)}–{clock(end)}" for start, end in self.open)


def hours_of(posts: list[Post], today: dt.date) -> None:
    """Put on each post its patterns of today and to come, what they warn of, and its bars."""
    known = {post.pk: post for post in Post.objects.filter(is_active=True)} | {post.pk: post for post in posts}
    for post in known.values():
        post.kept = []
    rows = Pattern.objects.in_force(today, dt.date.max).filter(post__in=known).order_by("starts", "from_on", "id")
    for pattern in rows.prefetch_related("seats__qualification"):
        pattern.post = known[pattern.post_id]
        pattern.post.kept.append(pattern)
    terms, tree = Terms.of_each({post.unit_id for post in posts}), unit_tree()
    for post in posts:
        above = tree.above(post.unit_id)
        others = [other for other in known.values() if other.is_active and other.unit_id in above and other is not post]
        post.bars = [_bar(kind, post, others, terms[post.unit_id], today) for kind in DayKind]
        for pattern in post.kept:
            pattern.begins_later = pattern.from_on > today
            pattern.warnings = warnings_of(pattern, terms[post.unit_id])


def warnings_of(pattern: Pattern, terms: Terms) -> list[str]:
    """A39 and A40: told, never a block."""
    found = []
    if pattern.minutes > terms.recommended_hours * 60:
        found.append(
            ngettext(
                "longer than the recommended %(n)d hour", "longer than the recommended %(n)d hours", terms.recommended_hours
            )
            % {"n": terms.recommended_hours}
        )  # fmt: skip
    if pattern.lacks_leader:
        found.append(_("no leader on statutory holidays"))
    return found


def _now_of(post: Post, today: dt.date) -> list[Pattern]:
    """The patterns that hold today; where none does yet, those that will: a post is drawn as it is set up."""
    held = [pattern for pattern in post.kept if pattern.from_on <= today]
    return held or post.kept


def _bar(kind: DayKind, post: Post, others: list[Post], terms: Terms, today: dt.date) -> Bar:
    patterns = _now_of(post, today)
    watches = [pattern.watch for pattern in patterns]
    bar = Bar(kind)
    for start, end in coverage.reaching_in(watches):
        bar.pieces.append(_piece(start, end, "before", _("from the day before")))
    for pattern in patterns:
        if kind in pattern.day_kinds:
            start, end = pattern.watch.span
            bar.pieces.append(
                Piece(start, min(end, WHOLE_DAY), "watch", f"{pattern.name} {pattern.hours}", pattern.mark)
            )
    free = coverage.without([(0, WHOLE_DAY)], coverage.watched(watches, kind))
    office = [(_minutes(terms.office_starts), _minutes(terms.office_ends))] if kind in WORKING else []
    bar.pieces += [_piece(*span, "office", _("office hours")) for span in coverage.common(free, office)]
    free = coverage.without(free, office)
    for other in others:
        kept = coverage.common(free, coverage.watched([p.watch for p in _now_of(other, today)], kind))
        bar.pieces += [_piece(*span, "above", _("kept by %(post)s") % {"post": other.name}) for span in kept]
        free = coverage.without(free, kept)
    bar.open = free
    bar.pieces += [_piece(*span, "open", _("not watched")) for span in free]
    bar.pieces.sort(key=lambda piece: piece.start)
    return bar


def _piece(start: int, end: int, look: str, words: str) -> Piece:
    return Piece(start, end, look, f"{clock(start)}–{clock(end)} {words}")


def _minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute
