"""The sample organisation's incidents: two years of them, plausible by hour and season, and a present.

The past is written set-wise, as an import would; the present is lived through by the verbs themselves, with the
clock moved inside the transaction: one escalated last night, one waiting for the superior now, one in hand.
"""

import datetime as dt
import random
from collections import defaultdict

from django.db import connection

from duty.clock import DAY, HOUR, MINUTE, day_of, local, pretending, start_of
from duty.ladders import ESCALATE, frozen
from duty.models import Deadline, Delivery, Firing, Line, Matter, Notice
from duty.sample import House
from duty.sweeping import sweep
from incidents import wording
from incidents.first_standard import lay_down
from incidents.models import DutyLine, Incident, Nature, Report, Status
from incidents.models.incidents import Counter, folded_text
from scheduling.models import Seat, SeatRole

SECOND = dt.timedelta(seconds=1)
LINES = [
    ("集团总部", "总机", "6000", 20),
    ("集团总部", "应急热线", "6110", 10),
    ("东区园区", "东区值班电话", "7110", 15),
    ("西区数据中心", "西区值班电话", "8110", 15),
]
NATURES = [
    (
        "火情",
        "119",
        "有没有人受伤或被困\n是否看见明火\n电源是否已切断\n是否已拨打 119\n附近有无易燃物\n谁在现场,怎么联系",
    ),
    ("漏水", "", "水从哪里来,还在流吗\n阀门能不能关\n有没有淹到电器或机房\n谁在现场,怎么联系"),
    ("停电", "", "哪些楼层停电\n有没有人困在电梯里\nUPS 和发电机是否正常\n供电公司有没有通知"),
    ("电梯", "", "轿厢里有没有人,几个人\n停在几层\n能不能和里面的人说上话\n有没有人不舒服"),
    ("设备故障", "", "什么设备,什么位置\n有没有异响、异味、过热\n能不能停机\n影响哪些人"),
    ("网络系统", "", "哪些系统不能用\n从什么时候开始\n多少人受影响\n最近有没有改动"),
    ("治安", "110", "人还在不在现场\n有没有人受伤\n丢了什么\n有没有监控拍到"),
    ("人员伤病", "120", "人清醒吗,能说话吗\n怎么受的伤\n是否已拨打 120\n现场有没有会急救的人"),
    ("咨询投诉", "", "对方的单位和姓名\n想找哪个部门\n是否需要回电"),
    ("其他", "", "发生了什么\n在哪里\n需要谁来"),
]
# (nature, summary, places, scene, suggestion, urgency, scope, result, months it favours, weight)
ANY, SUMMER, WINTER = tuple(range(1, 13)), (6, 7, 8), (12, 1, 2)
STORIES = [
    ("漏水", "三楼东侧走廊漏水", ("A 座三楼", "B 座三楼"), "吊顶滴水,地面积水约两平方米", "请水暖工到场", 2, 1, "水暖工更换接头,地面清理完毕,次日复查无渗漏", ANY, 9),
    ("漏水", "雨水倒灌地下车库", ("地下车库入口", "B 座地下二层"), "入口处积水约十厘米,排水泵已启动", "请增派人手搬沙袋", 3, 2, "排水泵运行两小时后积水排净,沙袋已归位", SUMMER, 8),
    ("漏水", "暖气管爆裂", ("C 座五楼", "A 座一楼大厅"), "热水喷出,已关分户阀门", "请水暖工到场", 3, 1, "更换爆裂管段,恢复供暖", WINTER, 8),
    ("停电", "办公楼局部停电", ("A 座四楼", "B 座六楼", "C 座二楼"), "照明与插座无电,应急照明正常", "请电工到场", 2, 2, "空开跳闸,排除一处短路后恢复供电", ANY, 8),
    ("停电", "市电闪断,UPS 切换", ("西区机房", "总部机房"), "UPS 供电正常,空调重启中", "请机房工程师到场确认", 3, 3, "市电恢复,空调逐台启动,机房温度最高 27.4 ℃", SUMMER, 5),
    ("火情", "配电间有焦味", ("A 座三楼配电间", "B 座地下一层 配电室"), "有焦味,未见明火,已断电", "请电工与消防到场", 3, 2, "接线端子过热,更换并紧固,红外测温正常", ANY, 4),
    ("火情", "烟感报警,无明火", ("C 座七楼茶水间", "A 座二楼会议室"), "烟感报警,现场无烟", "请现场核实", 2, 1, "误报,清洁探头后复位", ANY, 7),
    ("火情", "垃圾桶冒烟", ("北门外吸烟区", "东区二号楼门口"), "烟头引燃垃圾,已用灭火器扑灭", "", 2, 1, "现场清理,已提醒保洁", ANY, 3),
    ("电梯", "电梯困人", ("A 座 2 号梯", "B 座 1 号梯", "C 座 3 号梯"), "轿厢内 2 人,情绪稳定,停在 6、7 层之间", "请电梯维保到场", 3, 3, "维保 24 分钟到场,被困人员安全离开,电梯停用检修", ANY, 3),
    ("电梯", "电梯异响停用", ("A 座 1 号梯", "B 座 3 号梯"), "运行时有异响,已停用并张贴告示", "请电梯维保到场", 2, 1, "更换导靴,试运行正常", ANY, 5),
    ("设备故障", "UPS-2 温度偏高", ("西区机房", "总部机房"), "UPS-2 温度 31.5 ℃,其余正常", "请机房工程师处理", 2, 1, "清洗滤网,温度回落到 24 ℃", SUMMER, 7),
    ("设备故障", "中央空调主机跳停", ("东区能源站", "A 座制冷机房"), "一台主机高压报警跳停,备机已启", "请厂家到场", 2, 3, "清洗冷凝器,更换压力开关后恢复", SUMMER, 6),
    ("设备故障", "门禁控制器离线", ("A 座一楼大厅", "东区北门"), "刷卡无反应,已改人工登记", "请工程师处理", 2, 1, "更换控制器电源,恢复正常", ANY, 6),
    ("设备故障", "生活水泵压力不足", ("B 座地下一层 泵房",), "高区供水压力低,一台泵停机", "请水暖工到场", 2, 2, "更换变频器风扇,压力恢复", ANY, 4),
    ("网络系统", "办公网中断", ("A 座四楼", "C 座"), "多个部门反映无法上网", "请网络工程师处理", 2, 3, "核心交换机一块板卡故障,切换备板", ANY, 4),
    ("网络系统", "邮件系统登录缓慢", ("总部机房",), "登录需要一分钟以上", "请系统工程师检查", 2, 1, "数据库连接数过高,重启服务后正常", ANY, 5),
    ("网络系统", "核心业务系统无法访问", ("西区机房",), "应用服务器无响应,已通知系统工程师", "请授权切换备用环境", 3, 4, "切换到备用环境,主环境存储故障次日修复", ANY, 1),
    ("治安", "陌生人尾随进入", ("A 座大厅", "东区南门"), "一名男子尾随员工进入,已请出", "请保卫人员巡查", 2, 1, "核实为走错单位的访客,已劝离", ANY, 5),
    ("治安", "员工物品被盗", ("C 座三楼更衣室",), "两人报失钱包,现场保护", "请调取监控", 3, 1, "调取监控移交派出所", ANY, 2),
    ("治安", "停车纠纷", ("地上停车场", "东区停车场"), "两名车主争执,无肢体冲突", "", 1, 1, "保卫人员到场劝解,双方离开", ANY, 5),
    ("人员伤病", "员工晕倒", ("B 座五楼", "A 座食堂"), "意识清醒,面色苍白,同事陪同", "请联系 120", 3, 1, "120 到场送医,低血糖,家属已到", ANY, 3),
    ("人员伤病", "保洁人员滑倒", ("A 座一楼大厅", "C 座楼梯间"), "脚踝肿胀,能说话", "请送医", 3, 1, "送医检查,轻微扭伤", WINTER, 4),
    ("咨询投诉", "询问招投标报名时间", ("来电",), "", "", 1, 1, "已告知上班后联系采购部", ANY, 12),
    ("咨询投诉", "施工噪声投诉", ("C 座", "东区工地旁"), "居民反映夜间施工噪声", "请施工方停工", 1, 2, "已通知施工方停工,向来电人致歉", SUMMER, 6),
    ("咨询投诉", "索要办公室联系方式", ("来电",), "", "", 1, 1, "核实身份后转接总机", ANY, 10),
    ("其他", "照明灯具损坏", ("北门通道", "地下车库", "A 座楼梯间"), "一组灯不亮", "", 1, 1, "已更换灯管", ANY, 8),
    ("其他", "大风刮落广告牌", ("A 座楼前", "东区南门"), "广告牌一角脱落,已拉警戒线", "请物业加固", 2, 2, "物业拆除广告牌,警戒解除", (3, 4, 11), 5),
    ("其他", "野猫进入配电房", ("东区配电房",), "人员已将其驱离", "", 1, 1, "封堵孔洞", ANY, 2),
]  # fmt: skip
REPORTERS = (
    "张强",
    "李梅",
    "王建国",
    "赵红",
    "刘师傅",
    "保洁陈姐",
    "物业小吴",
    "马涛",
    "朱琳",
    "胡先生",
    "郭女士",
    "保安老梁",
)
BY_HOUR = (4, 3, 2, 2, 2, 3, 6, 8, 9, 7, 6, 5, 5, 5, 5, 6, 7, 9, 12, 13, 12, 10, 8, 6)


def load(house: House) -> None:
    standard = lay_down(house.top, by=house.people["高远"], at=house.at - 731 * DAY)
    for order, (unit, name, number, seconds) in enumerate(LINES):
        DutyLine.objects.create(
            unit=house.units[unit], name=name, number=number, answer_within_seconds=seconds, order=order
        )
    for order, (name, call, prompts) in enumerate(NATURES):
        Nature.objects.create(name=name, call_first=call, prompts=prompts, order=order)
    Past(house, standard).write()
    last_night(house, standard)
    now(house, standard)


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
        here = [seat for seat in self.seats[unit_id] if seat.starts_at <= moment < seat.ends_at]
        return here or [seat for seat in self.seats[self.house.top.pk] if seat.starts_at <= moment < seat.ends_at]

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
        place, reporter = self.dice.choice(places), self.dice.choice(REPORTERS)
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
            hay=folded_text(f"{number} {summary} {place} {reporter if named else ''} {scene} {suggestion} {result}"),
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
                    ("维修人员已到场", "现场正在处置", "已联系物业,约二十分钟到场", "已复查一次,情况稳定")
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


def _on_watch(unit_id: int, at: dt.datetime, role: str):
    seats = Seat.objects.on_duty(at).filter(shift__unit_id=unit_id, role=role).select_related("person", "shift")
    return seats.get()


def _new(house, standard, nature: str, seat: Seat, received_at, urgency: int, scope: int, **more) -> Incident:
    cell = standard.suggest(urgency, scope)
    return Incident(
        unit=house.top, shift=seat.shift, received_at=received_at, nature=Nature.objects.get(name=nature),
        line=DutyLine.objects.get(number="6110"), standard=standard, urgency=urgency, scope=scope, level=cell.level,
        rang_at=received_at, answered_at=received_at + 6 * SECOND, **more,
    )  # fmt: skip


def last_night(house: House, standard) -> None:
    """Reported at ten past one, not answered in the hour, escalated to the general manager, mended by four."""
    received = start_of(day_of(house.at - 8 * HOUR)) + 70 * MINUTE
    officer, leader = (_on_watch(house.top.pk, received, role) for role in (SeatRole.PRIMARY, SeatRole.LEADER))
    incident = _new(
        house, standard, "停电", officer, received, 3, 2,
        place="A 座制冷机房", summary="制冷机房配电柜冒烟", scene="配电柜有烟,未见明火,已断电,备用机组已启动",
        suggestion="请电工到场", reporter_name="石磊", reporter_contact="13900010002",
    )  # fmt: skip
    at = received + 3 * MINUTE
    with pretending(at):
        incident.log(by=officer.person, at=at, request="请授权联系供电公司")
    _live_until(incident, received + 67 * MINUTE)
    top, at = house.people["高远"], received + 67 * MINUTE
    with pretending(at):
        incident.acknowledge(by=top, at=at, via="link")
        incident.instruct(
            "dispatch",
            "同意联系供电公司,请安全保卫部到场。带班领导手机无人接听,请查明原因。",
            by=top,
            at=at + 2 * MINUTE,
        )
    at = received + 165 * MINUTE
    with pretending(at):
        incident.close("更换烧损接触器,红外测温正常,恢复供电。带班领导手机静音,已提醒。", by=officer.person, at=at)
    with connection.cursor() as cursor:
        cursor.execute(ALREADY_SENT, [leader.person_id])


ALREADY_SENT = """
WITH sent AS (
    UPDATE duty_delivery d SET state = 'sent', attempts = 1, sent_at = n.created_at + interval '2 seconds', next_try_at = NULL,
        claimed_at = n.created_at, reference = '<notice-' || n.id || '@localhost>'
    FROM duty_notice n WHERE n.id = d.notice_id AND d.state = 'queued' RETURNING n.id
)
UPDATE duty_notice SET seen_at = created_at + interval '5 minutes' WHERE id IN (SELECT id FROM sent) AND recipient_id <> %s
"""


def _live_until(incident: Incident, end: dt.datetime) -> None:
    """Let the ladder be climbed as it was, rung by rung."""
    while True:
        deadline = incident.matter.deadlines.open().get()
        if deadline.fires_at is None or deadline.fires_at > end:
            return
        with pretending(deadline.fires_at + SECOND * 3 / 100):
            sweep()


def now(house: House, standard) -> None:
    """One in hand with its update due soon, one reported and not yet answered: both clocks run."""
    base = house.at.replace(second=0, microsecond=0)
    received = base - 118 * MINUTE
    officer = _on_watch(house.top.pk, house.at, SeatRole.PRIMARY)
    leader = _on_watch(house.top.pk, house.at, SeatRole.LEADER)
    leak = _new(
        house, standard, "漏水", officer, received, 2, 3,
        place="A 座三楼东侧", summary="三楼东侧漏水", scene="吊顶漏水,两间办公室受影响,已移开设备",
        suggestion="请水暖工到场", reporter_name="王建国", reporter_contact="13900020003", event_at=received - 10 * MINUTE,
    )  # fmt: skip
    with pretending(received + 2 * MINUTE) as at:
        leak.log(by=officer.person, at=at)
    with pretending(received + 7 * MINUTE) as at:
        leak.acknowledge(by=leader.person, at=at, via="link", words="收到,先关阀门")
    with pretending(received + 21 * MINUTE) as at:
        leak.note("水暖工魏来到场,已关闭三楼分阀", by=officer.person, at=at)
    _send_all()
    received = base - 37 * MINUTE
    smoke = _new(
        house, standard, "火情", officer, received, 3, 2,
        place="B 座地下一层 配电室", summary="配电室冒烟", scene="有焦味和轻烟,未见明火,已断电,现场 2 人撤出",
        suggestion="请电工与消防到场", reporter_name="张强(物业)", reporter_contact="138 0013 8000",
    )  # fmt: skip
    with pretending(received + 2 * MINUTE) as at:
        smoke.log(by=officer.person, at=at, request="是否启动《火灾应急预案》;授权通知消防")
    _send_all()
    _live_until(smoke, house.at)
    with pretending(received + 20 * MINUTE) as at:
        smoke.note("物业电工程亮到场,正在测温", by=officer.person, at=at)


def _send_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ALREADY_SENT, [0])
