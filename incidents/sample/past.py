"""Two years of incidents with their reports, ladders, notices and lines, all settled; written set-wise, as an import would."""

import datetime as dt
import random
from bisect import bisect_left, bisect_right
from collections import defaultdict

from duty.clock import DAY, HOUR, MINUTE, day_of, local, start_of
from duty.ladders import ESCALATE, frozen
from duty.models import Deadline, Delivery, Firing, Line, Matter, Notice
from duty.sample import House
from duty.search import folded
from incidents import wording
from incidents.models import DutyLine, Incident, Nature, Report, Status
from incidents.models.incidents import Counter
from incidents.sample.stories import BY_HOUR, REPORTERS, SITES, STORIES, SUMMER
from scheduling.models import Seat, SeatRole

SECOND = dt.timedelta(seconds=1)


class Past:
    """Two years of incidents with their reports, ladders, notices and lines, all settled."""

    def __init__(self, house: House, standard):
        self.house, self.standard = house, standard
        self.dice = random.Random(20260101)  # the same past whenever it is loaded
        self.natures = {nature.name: nature for nature in Nature.objects.all()}
        self.lines = defaultdict(list)
        for line in DutyLine.objects.all():
            self.lines[line.unit_id].append(line)
        self.seats = defaultdict(list)
        for seat in Seat.objects.filter(starts_at__lt=house.at).select_related("shift", "person").order_by("starts_at"):
            self.seats[seat.shift.unit_id].append(seat)
        self.serials = defaultdict(int)
        self.told: list[Line] = []

    def write(self) -> None:
        moments = sorted(self._moments())
        incidents = [incident for moment in moments if (incident := self._incident(moment)) is not None]
        matters = Matter.objects.bulk_create([incident.matter for incident in incidents], batch_size=2000)
        for incident, matter in zip(incidents, matters, strict=True):
            incident.matter = matter
        Incident.objects.bulk_create(incidents, batch_size=1000)
        Counter.objects.bulk_create(Counter(year=year, last=last) for year, last in self.serials.items())
        for incident in incidents:
            self._tell(incident)
        self._report([incident for incident in incidents if incident.must_report])
        Line.objects.bulk_create(sorted(self.told, key=lambda line: line.at), batch_size=2000)

    def _moments(self):
        first = start_of(day_of(self.house.at)) - 728 * DAY
        for day in range(727):
            here = first + day * DAY
            weekend, summer = local(here).weekday() >= 5, local(here).month in SUMMER
            for _n in range(self._poisson(1.7 + 0.6 * weekend + 0.7 * summer)):
                hour = self.dice.choices(range(24), BY_HOUR)[0]
                yield here + hour * HOUR + self.dice.randrange(60) * MINUTE

    def _poisson(self, mean: float) -> int:
        count, chance = 0, self.dice.random()
        limit = term = 2.718281828**-mean
        while chance > limit:
            count += 1
            term *= mean / count
            limit += term
        return count

    def _watch(self, moment, unit_id: int):
        """The seats kept for a unit at that moment, from the head office if the site has none."""
        return self._sitting(moment, unit_id) or self._sitting(moment, self.house.top.pk)

    def _sitting(self, moment, unit_id: int):
        seats = self.seats[unit_id]  # by their start; the longest watch lasts two days
        first = bisect_left(seats, moment - 2 * DAY, key=lambda seat: seat.starts_at)
        last = bisect_right(seats, moment, key=lambda seat: seat.starts_at)
        return [seat for seat in seats[first:last] if moment < seat.ends_at]

    def _place(self, unit, places) -> str:
        """One of these places as it is called at that unit: a site has buildings of its own."""
        site, place = SITES.get(unit.name, ""), self.dice.choice(places)
        if place == "来电":
            return place
        bare = place[2:] if place[:2] in SITES.values() else place
        if not site:
            return f"总部{bare}" if bare == "机房" else bare
        for head, own in (("A 座", "一号楼"), ("B 座", "二号楼"), ("C 座", "三号楼"), ("总部", "")):
            bare = bare.replace(head, own)
        return f"{site}{bare}"

    def _incident(self, moment) -> Incident | None:
        month = local(moment).month
        weights = [story[9] if month in story[8] else story[9] / 8 for story in STORIES]
        nature, summary, places, scene, suggestion, urgency, scope, result, _months, _w = self.dice.choices(
            STORIES, weights
        )[0]
        unit = self.dice.choices(
            [self.house.top, self.house.units["东区园区"], self.house.units["西区数据中心"]], [6, 2, 2]
        )[0]
        seats = self._watch(moment, unit.pk)
        if not seats:
            return None
        officer = next((seat.person for seat in seats if seat.role == SeatRole.PRIMARY), seats[0].person)
        unit_id = seats[0].shift.unit_id
        cell = self.standard.suggest(urgency, scope)
        late = self.dice.random() < 0.03
        logged = moment + (self.dice.randrange(40, 200) * MINUTE if late else self.dice.randrange(30, 260) * SECOND)
        year = local(logged).year
        self.serials[year] += 1
        number = f"{year}-{self.serials[year]:04d}"
        called = self.dice.random() < 0.8 and self.lines[unit_id]
        place, reporter = self._place(unit, places), self.dice.choice(REPORTERS)
        named, phoned = self.dice.random() < 0.93, self.dice.random() < 0.85
        closed = logged + self.dice.randrange(10, 240) * MINUTE
        disposition = "answered" if nature == "咨询投诉" else ""
        incident = Incident(
            matter=Matter(
                kind="incidents.incident", unit_id=unit_id, number=number, title=summary, badge=cell.level.name,
                gravity=cell.level.rank, opened_at=moment, closed_at=closed,
            ),
            unit_id=unit_id, year=year, serial=self.serials[year], number=number, status=Status.CLOSED,
            logged_by=officer, logged_at=logged, shift=seats[0].shift, received_at=moment,
            line=self.dice.choice(self.lines[unit_id]) if called else None,
            event_at=moment - self.dice.randrange(2, 25) * MINUTE if self.dice.random() < 0.4 else None,
            reporter_name=reporter if named else "", name_not_given=not named,
            reporter_contact=f"139{self.dice.randrange(10**8):08d}" if phoned else "", contact_not_given=not phoned,
            place=place, nature=self.natures[nature], summary=summary, scene=scene, suggestion=suggestion,
            standard=self.standard, urgency=urgency, scope=scope, level=cell.level, disposition=disposition,
            result=result, closed_by=officer, closed_at=closed,
            hay=folded(f"{number} {summary} {place} {reporter if named else ''} {scene} {suggestion} {result}"),
        )  # fmt: skip
        if called:
            incident.answered_at = moment + self.dice.randrange(60) * SECOND
            incident.rang_at = incident.answered_at - max(2, round(self.dice.gauss(8, 4))) * SECOND
        incident._crew = seats
        return incident

    def _tell(self, incident: Incident) -> None:
        self._line(incident, "log", incident.logged_by, incident.logged_at, f"{incident.place} {incident.summary}")
        if incident.is_late_entry:
            self.told[-1].happened_at = incident.received_at
        if not incident.disposition:
            middle = incident.logged_at + (incident.closed_at - incident.logged_at) / 2
            self._line(
                incident,
                "note",
                incident.logged_by,
                middle,
                self.dice.choice(
                    ("维修人员已到场", "现场正在处置", "已联系物业，约二十分钟到场", "已复查一次，情况稳定")
                ),
            )
        self._line(incident, "close", incident.closed_by, incident.closed_at, incident.result)

    def _line(self, incident, verb: str, who, at, text: str = "") -> None:
        name = f"incidents.incident.{verb}"
        self.told.append(Line(matter=incident.matter, unit_id=incident.unit_id, verb=name, who=who, at=at, text=text))

    def _report(self, reported: list[Incident]) -> None:
        """What had to be reported: most acknowledged in minutes, some only after the ladder was climbed."""
        deadlines, answers = [], []
        for incident in reported:
            due = incident.received_at + incident.level.report_within
            leader = next(
                (seat.person for seat in incident._crew if seat.role == SeatRole.LEADER), self.house.people["周敏"]
            )
            slow = self.dice.random() < 0.06
            answered = (
                incident.logged_at + (self.dice.randrange(35, 75) if slow else self.dice.randrange(1, 18)) * MINUTE
            )
            answers.append((leader, answered))
            ladder = frozen(incident.level.report_ladder(incident.logged_at, due))
            deadlines.append(
                Deadline(
                    kind="incidents.report", matter=incident.matter, unit_id=incident.unit_id, opened_by=incident.logged_by,
                    owed_as="scheduling.officers", opened_at=incident.logged_at, runs_from=incident.received_at, due_at=due,
                    pinned=True, ladder=ladder, rung=len(ladder), settled_at=answered, settled_as="kept", settled_by=leader,
                )
            )  # fmt: skip
        Deadline.objects.bulk_create(deadlines, batch_size=1000)
        reports, firings = [], []
        for incident, deadline, (leader, answered) in zip(reported, deadlines, answers, strict=True):
            incident.acknowledged_by, incident.acknowledged_at = leader, answered
            if incident.closed_at <= answered:
                incident.closed_at = answered + 20 * MINUTE
            reports.append(
                Report(
                    incident=incident, cause="level", level=incident.level, by=incident.logged_by, at=incident.logged_at,
                    deadline=deadline, due_at=deadline.due_at, acknowledged_at=answered, acknowledged_by=leader,
                )
            )  # fmt: skip
            self._line(incident, "report", incident.logged_by, incident.logged_at, leader.name)
            self._line(incident, "acknowledge", leader, answered)
            for number, rung in enumerate(deadline.ladder):
                planned = max(deadline.opened_at, deadline.due_at + rung["offset"] * SECOND)
                if planned < answered:
                    whom = self.house.people["高远"] if rung["action"] == ESCALATE else leader
                    fired = planned + self.dice.randrange(4, 60) * SECOND / 1000
                    firings.append(
                        Firing(
                            deadline=deadline, matter=incident.matter, rung=number, action=rung["action"], to=rung["to"],
                            planned_at=planned, fired_at=fired, outcome="told", told=[whom.name],
                        )
                    )  # fmt: skip
        Incident.objects.bulk_update(reported, ["acknowledged_by", "acknowledged_at", "closed_at"], batch_size=500)
        Report.objects.bulk_create(reports, batch_size=1000)
        Firing.objects.bulk_create(firings, batch_size=1000)
        self._notify(reported, firings)

    def _notify(self, reported, firings) -> None:
        by_name = self.house.people
        facts = {incident.pk: incident for incident in reported}
        notices = Notice.objects.bulk_create(
            [
                Notice(
                    recipient=by_name[firing.told[0]], key=f"rung:{firing.deadline_id}:{firing.rung}",
                    title=f"[{facts[firing.matter_id].level.name}] {facts[firing.matter_id].summary} — 上级确认收到报告",
                    text=wording.facts(facts[firing.matter_id]), matter_id=firing.matter_id, firing=firing,
                    urgency="urgent", needs_acknowledgement=True, created_at=firing.fired_at,
                    seen_at=facts[firing.matter_id].acknowledged_at, acknowledged_at=facts[firing.matter_id].acknowledged_at,
                    acknowledged_via="link",
                )
                for firing in firings
            ],
            batch_size=1000,
        )  # fmt: skip
        Delivery.objects.bulk_create(
            [
                Delivery(
                    notice=notice, channel="mail", state="sent", attempts=1, next_try_at=None, claimed_at=notice.created_at,
                    sent_at=notice.created_at + 2 * SECOND, reference=f"<notice-{notice.pk}@localhost>",
                )
                for notice in notices
            ],
            batch_size=1000,
        )  # fmt: skip
