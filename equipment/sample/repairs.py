"""Two years of repairs in the sample organisation: found on rounds or reported by hand, mended, verified, helpers called."""

from collections import Counter as Count
from datetime import timedelta

from duty.clock import DAY, HOUR, MINUTE, day_of
from duty.ladders import frozen
from duty.models import Deadline, Firing, Line, Matter
from duty.models.deadlines import Settled
from equipment import ladders
from equipment.models import CallOut, Counter, Defect, Equipment
from equipment.models.defects import AGAIN_WITHIN, FIXED, TAKEN, VERIFIED
from equipment.models.repair_terms import USUAL
from equipment.sample.faults import BY_HAND, Faults, Trouble
from equipment.sample.walks import Past, fired


class Repairs:
    """Every defect that is over."""

    def __init__(self, past: Past):
        self.past, self.faults, self.crews, self.dice = past, past.faults, past.crews, past.dice
        self.lines, self.promises = [], []

    def write(self) -> None:
        self._by_hand(self.faults)
        troubles = sorted(self.faults.all, key=lambda trouble: trouble.defect.found_at)
        self._number([trouble.defect for trouble in troubles])
        for trouble in troubles:
            defect = trouble.defect
            defect.verified_by = self.crews.officer(defect.unit_id, defect.verified_at)
            defect.matter = Matter(
                kind="equipment.defect", unit_id=defect.unit_id, number=defect.number, title=defect.title,
                opened_at=defect.found_at, closed_at=defect.verified_at,
            )  # fmt: skip
            self._tell(trouble)
        matters = Matter.objects.bulk_create([trouble.defect.matter for trouble in troubles])
        for trouble, matter in zip(troubles, matters, strict=True):
            trouble.defect.matter = matter
        self._recur([trouble.defect for trouble in troubles])
        Defect.objects.bulk_create([trouble.defect for trouble in troubles])
        Line.objects.bulk_create(sorted(self.lines, key=lambda line: line.at))
        Deadline.objects.bulk_create([deadline for deadline, _told in self.promises])
        Firing.objects.bulk_create([firing for pair in self.promises for firing in fired(*pair)])
        CallOut.objects.bulk_create(self._calls([trouble.defect for trouble in troubles]))

    def _by_hand(self, faults: Faults) -> None:
        pieces = {piece.code: piece for piece in Equipment.objects.select_related("unit")}
        for code, a_year, what, detail, cause, remedy, parts in BY_HAND:
            before = None
            for at in faults.moments(a_year):
                if before and at < before + DAY:
                    continue
                piece = pieces[code]
                by = self.crews.officer(piece.unit_id, at)
                defect = Defect(unit=piece.unit, equipment=piece, what=what, detail=detail, found_at=at, found_by=by)
                before = faults.mended(defect, cause, remedy, parts).defect.verified_at

    def _number(self, defects: list[Defect]) -> None:
        on = Count()
        for defect in defects:
            day = day_of(defect.found_at)
            on[day] += 1
            defect.number = f"WX{day:%Y%m%d}-{on[day]:03d}"
        Counter.objects.bulk_create(Counter(day=day, last=last) for day, last in on.items())

    @staticmethod
    def _recur(defects: list[Defect]) -> None:
        last: dict[tuple, Defect] = {}
        for defect in defects:
            key = defect.equipment_id, defect.place_id, defect.thread or defect.what
            before = last.get(key)
            if before and defect.found_at - before.found_at <= AGAIN_WITHIN:
                defect.recurs = before
            last[key] = defect

    def _tell(self, trouble: Trouble) -> None:
        defect = trouble.defect
        lines = [
            ("report", defect.found_by, defect.found_at, ""), ("take", defect.mender, defect.taken_at, ""),
            ("come", defect.mender, defect.coming_at, ""), ("fix", defect.mender, defect.fixed_at, " · ".join(filter(None, [defect.cause, defect.remedy, defect.parts]))),
            ("verify", defect.verified_by, defect.verified_at, ""),
        ]  # fmt: skip
        lines += [("see_again", by, at, defect.detail) for at, by, _text in trouble.seen[:3]]
        self.lines += [
            Line(
                matter=defect.matter, unit_id=defect.unit_id, verb=f"equipment.defect.{verb}", who=who, at=at, text=text
            )
            for verb, who, at, text in lines
        ]
        minutes, hours, _photo = USUAL[defect.criticality]
        key = defect.criticality == "key"
        self._promise(defect, TAKEN, minutes * MINUTE, defect.taken_at, ladders.to_take(minutes, key))
        self._promise(defect, FIXED, hours * HOUR, defect.fixed_at, ladders.to_mend(hours))
        self._promise(defect, VERIFIED, DAY, defect.verified_at, ladders.TO_VERIFY, since=defect.fixed_at)

    def _promise(self, defect: Defect, kind: str, within: timedelta, at, rungs, since=None) -> None:
        since = since or defect.found_at
        by = defect.verified_by if kind == VERIFIED else defect.mender
        deadline = Deadline(
            kind=kind, matter=defect.matter, unit_id=defect.unit_id, opened_by=defect.found_by, opened_at=since,
            owed_as="scheduling.officers" if kind == VERIFIED else "equipment.menders", runs_from=since,
            due_at=since + within, ladder=frozen(rungs), settled_at=at, settled_as=Settled.KEPT, settled_by=by,
        )  # fmt: skip
        self.promises.append((deadline, by))

    def _calls(self, defects: list[Defect]) -> list[CallOut]:
        """Whoever is under contract for the piece, for what our own people could not mend."""
        found = []
        for defect in defects:
            contract = defect.equipment.contract if defect.equipment_id else None
            if contract is None or self.dice.random() < 0.15:
                continue
            called = defect.taken_at + min(self.dice.uniform(2, 25) * MINUTE, (defect.fixed_at - defect.taken_at) / 4)
            agreed = called + float(contract.arrival_hours) * HOUR
            promised = agreed - self.dice.choice((0, 0, 15, 30)) * MINUTE
            arrived = called + (agreed - called) * self.dice.lognormvariate(-0.35, 0.4)
            left = min(arrived + self.dice.uniform(0.4, 2.5) * HOUR, defect.fixed_at)
            arrived = min(arrived, called + 0.7 * (left - called))
            found.append(
                CallOut(
                    defect=defect, contract=contract, vendor=contract.vendor, phone=contract.phone, spoken_to=contract.contact,
                    called_at=called, called_by=defect.mender, promised_at=promised, arrive_by=agreed, arrived_at=arrived, left_at=left,
                    outcome=defect.remedy,
                )
            )  # fmt: skip
        return found
