"""A state change is a verb on the model, taken once, all or nothing, with its line on the trail."""

import datetime as dt
import functools
from collections.abc import Iterable

from django.apps import apps
from django.db import connection, models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from duty import ladders, sockets, sweeping
from duty.evidence import put_back, set_context
from duty.models import Deadline, Line, Matter, Notice, Settled, Via
from duty.wakeups import wake_fire_lane


class Conflict(Exception):
    """The row has moved on since it was read. The door turns this into a page that says what changed."""

    def __init__(self, subject, message=""):
        self.subject, self.message = subject, message
        super().__init__(message or f"{subject} has moved on")


class NotPossible(Conflict):
    """A rule forbids it, whether anything has changed or not. The door turns this into a page that says which."""


def label_of(verb: str):
    """`incidents.incident.acknowledge` → what the trail says for it."""
    model, _dot, name = verb.rpartition(".")
    try:
        return getattr(apps.get_model(model), name).said
    except (LookupError, ValueError, AttributeError):
        return KERNEL_VERBS.get(verb, verb)


# Verbs that belong to no subject.
KERNEL_VERBS = {
    "duty.engine.restored": _("a missing promise was restored"),
    "duty.engine.thawed": _("a promise that stood still runs again"),
    "duty.person.signed_in": _("signed in"),
    "duty.person.signed_out": _("signed out"),
    "duty.person.switched": _("took over this computer"),
    "duty.person.password": _("changed the password"),
    "duty.person.profile": _("changed own contact data"),
    "duty.register.added": _("added to a register"),
    "duty.register.changed": _("changed a register"),
    "duty.register.unlocked": _("opened the login lock"),
    "duty.register.removed": _("removed from a register"),
}


@functools.cache
def quiet_verbs() -> frozenset[str]:
    """Those that the engine takes by the dozen and that are no news: on the trail, not on the desk."""
    return frozenset(
        f"{model._meta.label_lower}.{name}"
        for model in apps.get_models()
        if issubclass(model, Subject)
        for name in dir(model)
        if getattr(getattr(model, name, None), "quiet", False)
    )


def verb(said, quiet: bool = False):
    """Make a method a verb: one transaction, the trail's context, and one line with who, when and why.

    The method takes `by` and `at` by name, and may fill `self.entry` (text, data, happened_at) to say more. A rung that
    fired before the verb got its turn came first: `at` moves behind it.
    """

    def wrap(method):
        @functools.wraps(method)
        def taken(self, *args, by, at: dt.datetime, reason: str = "", via: str = Via.PAGE, **kwargs):
            name = f"{self._meta.label_lower}.{method.__name__}"
            if "reason" in wanted:
                kwargs["reason"] = reason
            if "via" in wanted:
                kwargs["via"] = via
            outer, entries = self.__dict__.get("entry"), self.__dict__.setdefault("_entries", [])
            begun = len(entries)
            try:
                with transaction.atomic():
                    before = set_context(by.pk if by else None, name, reason)
                    if outer is None and not self._state.adding:
                        at = self.take_turn(at)
                    self.entry = Line(verb=name, who=by, via=via, reason=reason, at=at)
                    entries.append(self.entry)
                    answer = method(self, *args, by=by, at=at, **kwargs)
                    if outer is None:
                        self._write_trail(entries)
                        self.sealed_last()
                    if before:
                        put_back(before)  # what follows is done by whoever took the verb around this one
            except BaseException:
                del entries[begun:]  # whoever took this verb may go on without it
                raise
            finally:
                self.entry = outer
                if outer is None:
                    self._entries = []
            return answer

        wanted = method.__code__.co_varnames[: method.__code__.co_argcount + method.__code__.co_kwonlyargcount]
        taken.said, taken.quiet = said, quiet
        return taken

    return wrap


# Three statements in one breath: what the last one sees was fixed after the others had waited for their locks.
TAKE_TURN = """
SELECT FROM {table} WHERE matter_id = %(pk)s FOR NO KEY UPDATE;
SELECT FROM duty_deadline WHERE matter_id = %(pk)s AND settled_at IS NULL ORDER BY id FOR NO KEY UPDATE;
SELECT max(fired_at) + interval '1 microsecond' FROM duty_firing WHERE matter_id = %(pk)s AND fired_at > %(at)s
"""


@functools.lru_cache(maxsize=10_000)
def _address(page: str, pk: int) -> str:
    return reverse(page, args=[pk])


class Subject(models.Model):
    """A model whose rows are matters. Its primary key is its matter's."""

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="+")
    unit = models.ForeignKey("duty.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))

    page = ""  # the name of the URL that shows one
    is_told_only = False  # whether to have read a notice of it is all that is asked

    class Meta:
        abstract = True

    @classmethod
    def page_of(cls, pk: int) -> str:
        return _address(cls.page, pk)

    @classmethod
    def answer_page_of(cls, token: str) -> str:
        """Where the link in a message leads; an app with more to ask than an acknowledgement has its own."""
        return reverse("notice-answer", args=[token])

    @classmethod
    def detail_of(cls, line: Line) -> str:
        """What a line of the trail says after its verb, in the reader's language."""
        return line.text

    @classmethod
    def fields_of(cls, line: Line) -> str:
        """The fields that a line of the trail names, as people call them."""
        known = {field.name: str(field.verbose_name) for field in cls._meta.concrete_fields}
        names = [known[name] for name in line.data.get("fields", []) if name in known]
        return pgettext("between names in a list", ", ").join(names)

    def get_absolute_url(self) -> str:
        return self.page_of(self.pk)

    def become_matter(self, title: str, opened_at: dt.datetime) -> None:
        """The first thing a new subject does; the rest of its row is saved by the verb that makes it."""
        self.matter = Matter.objects.create(
            kind=self._meta.label_lower, unit_id=self.unit_id, title=title[:200], opened_at=opened_at
        )

    def matter_follows(self, title: str = "") -> None:
        """The matter takes the row's unit and title, and so does what it still owes; the row's own unit follows by its key."""
        Matter.objects.filter(pk=self.pk).update(unit_id=self.unit_id, title=(title or str(self))[:200])
        Deadline.objects.open().filter(matter_id=self.pk).exclude(unit_id=self.unit_id).update(unit_id=self.unit_id)

    def take_turn(self, at: dt.datetime) -> dt.datetime:
        """Hold this row and its open promises; returns the verb's time, after whatever fired before it got its turn.

        Whoever answers at the due instant and the engine take turns at these locks, and the trail tells their order.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                TAKE_TURN.format(table=connection.ops.quote_name(self._meta.db_table)), {"pk": self.pk, "at": at}
            )
            fired_meanwhile = cursor.fetchone()[0]
        return fired_meanwhile or at

    def _write_trail(self, entries: list[Line]) -> None:
        """The lines of a verb and of the verbs it took with it, in the order in which they began."""
        for entry in entries:
            entry.matter_id, entry.unit_id = self.matter_id, self.unit_id
        Line.objects.bulk_create(entries)

    def sealed_last(self) -> None:
        """The very last statement of a verb, for what must hold a lock as briefly as can be."""

    def step(self, to: str, *, frm: Iterable[str], **changes) -> None:
        """Move the status by compare-and-set; raises Conflict when the row has moved on."""
        changes["status"] = to
        rows = type(self)._base_manager.filter(pk=self.pk, status__in=list(frm))
        if not rows.update(**changes):
            raise Conflict(self)
        for name, value in changes.items():
            setattr(self, name, value)

    def lock(self):
        """This row as it is now, held until the transaction ends."""
        fresh = type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)
        for column in self._meta.concrete_fields:
            setattr(self, column.attname, getattr(fresh, column.attname))
        self._state.fields_cache.clear()
        return self

    # Promises

    def owe(
        self,
        kind: str,
        due_at: dt.datetime,
        *,
        at: dt.datetime,
        by=None,
        owed_by=None,
        owed_as: str = "",
        ladder: list[ladders.Rung] | None = None,
        runs_from: dt.datetime | None = None,
        fire_now: bool = False,
    ) -> Deadline:
        """Open a promise of this kind. An open one of the same kind is replaced, never doubled.

        Its clock runs from `runs_from`, else from now. With `fire_now` the first rung fires in this transaction, so that no promise exists whose first
        level was not told.
        """
        spec = sockets.deadline_kind(kind)
        rungs = ladders.frozen(spec.ladder if ladder is None else ladder)
        number, fires_at = ladders.first_firing(ladders.thawed(rungs), at, due_at)
        self.settle(kind, at, by=by, how=Settled.SUPERSEDED)
        deadline = Deadline.objects.create(
            kind=kind,
            matter_id=self.matter_id,
            unit_id=self.unit_id,
            opened_by=by,
            owed_by=owed_by,
            owed_as=owed_as,
            opened_at=at,
            runs_from=runs_from or at,
            due_at=due_at,
            pinned=spec.pinned,
            ladder=rungs,
            rung=number,
            fires_at=fires_at,
        )
        if fire_now:
            sweeping.fire_now(deadline.pk)
        elif fires_at:
            wake_fire_lane(fires_at, at)
        return deadline

    def settle(self, kind: str, at: dt.datetime, *, by=None, how: str = Settled.KEPT) -> bool:
        """Settle the open promise of this kind; True if there was one."""
        settled = Deadline.objects.open().filter(matter_id=self.matter_id, kind=kind)
        return bool(settled.update(settled_at=at, settled_as=how, settled_by=by, fires_at=None, parked_at=None))

    def answered(self, at: dt.datetime, *, by=None, via: str = "page") -> None:
        """Nobody is asked about this matter any more: `by` has answered, the others are let off."""
        waiting = Notice.objects.filter(matter_id=self.matter_id).waiting()
        if by is not None:
            waiting.filter(recipient=by).acknowledge(at, via)
        waiting.update(released_at=at)

    def close_matter(self, at: dt.datetime, *, by=None) -> None:
        """Withdraw whatever is still promised and close: nothing that owes stays open behind a closed door."""
        self.answered(at)
        Deadline.objects.open().filter(matter_id=self.matter_id).update(
            settled_at=at, settled_as=Settled.WITHDRAWN, settled_by=by, fires_at=None, parked_at=None
        )
        Matter.objects.filter(pk=self.matter_id).update(closed_at=at)

    def reopen_matter(self) -> None:
        Matter.objects.filter(pk=self.matter_id).update(closed_at=None)
