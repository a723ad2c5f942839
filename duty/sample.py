"""The sample organisation's people: a head office, three departments, two sites, about sixty of them."""

import datetime as dt
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from duty.models import Grant, Person, Role, Unit
from duty.names import sort_key

PASSWORD = "zhiban2026"  # noqa: S105 - printed with the logins, for development only

UNITS = {
    "集团总部": None,
    "综合管理部": "集团总部",
    "安全保卫部": "集团总部",
    "信息技术部": "集团总部",
    "东区园区": "集团总部",
    "西区数据中心": "集团总部",
}
# (name, job title, roles); the first of a unit is its head, the second the deputy
PEOPLE = {
    "集团总部": [
        ("高远", "总经理", [Role.LEADER]),
        ("周敏", "副总经理", [Role.LEADER]),
        ("何佳", "值班主任", [Role.LEADER]),
        ("沈涛", "值班主任", [Role.LEADER]),
        ("杨帆", "值班主任", [Role.LEADER]),
        ("苏航", "值班主任", [Role.LEADER]),
        ("陈立", "值班员", [Role.OFFICER]),
        ("刘洋", "值班员", [Role.OFFICER]),
        ("赵静", "值班员", [Role.OFFICER]),
        ("孙伟", "值班员", [Role.OFFICER]),
        ("王芳", "值班员", [Role.OFFICER]),
        ("吴昊", "值班员", [Role.OFFICER]),
        ("郑爽", "值班员", [Role.OFFICER]),
        ("冯磊", "值班员", [Role.OFFICER]),
        ("蒋欣", "值班员", [Role.OFFICER]),
        ("韩雪", "值班员", [Role.OFFICER]),
        ("曹阳", "值班员", [Role.OFFICER]),
        ("许晴", "值班员", [Role.OFFICER]),
    ],
    "综合管理部": [
        ("林岚", "部长", [Role.LEADER]),
        ("邓超然", "副部长", [Role.LEADER]),
        ("谢婷", "排班管理员", [Role.MANAGER, "总部"]),
        ("彭宇", "人事专员", [Role.PERSONNEL, "总部"]),
        ("潘悦", "文书", []),
        ("田野", "行政专员", []),
        ("董洁", "检查考核员", [Role.AUDITOR, "总部"]),
        ("袁立", "检查考核员", [Role.AUDITOR, "总部"]),
    ],
    "安全保卫部": [
        ("于海", "部长", [Role.LEADER]),
        ("余波", "副部长", [Role.LEADER]),
        ("罗刚", "保卫干事", [Role.OFFICER]),
        ("梁军", "保卫干事", [Role.OFFICER]),
        ("宋强", "消防专员", [Role.OFFICER]),
        ("唐毅", "消防专员", []),
        ("程亮", "电工", [Role.MAINTAINER, "总部"]),
        ("魏来", "水暖工", [Role.MAINTAINER, "总部"]),
        ("丁一鸣", "电梯维保", [Role.MAINTAINER, "总部"]),
    ],
    "信息技术部": [
        ("叶青", "部长", [Role.LEADER]),
        ("任重", "副部长", [Role.LEADER]),
        ("姜涛", "系统管理员", [Role.ADMINISTRATOR, "总部"]),
        ("范文", "网络工程师", [Role.MAINTAINER, "总部"]),
        ("方舟", "系统工程师", [Role.MAINTAINER, "总部"]),
        ("石磊", "机房工程师", [Role.MAINTAINER, "总部"]),
        ("姚远", "开发工程师", []),
        ("谭笑", "开发工程师", []),
    ],
    "东区园区": [
        ("廖凡", "园区主任", [Role.LEADER, Role.MANAGER]),
        ("邹明", "副主任", [Role.LEADER]),
        ("熊伟", "值班员", [Role.OFFICER]),
        ("金鑫", "值班员", [Role.OFFICER]),
        ("陆瑶", "值班员", [Role.OFFICER]),
        ("郝建", "值班员", [Role.OFFICER]),
        ("孔亮", "值班员", [Role.OFFICER]),
        ("白雪", "值班员", [Role.OFFICER]),
        ("崔健", "水电工", [Role.MAINTAINER]),
    ],
    "西区数据中心": [
        ("康宁", "中心主任", [Role.LEADER, Role.MANAGER]),
        ("毛毅", "副主任", [Role.LEADER]),
        ("邱实", "值班员", [Role.OFFICER]),
        ("秦岭", "值班员", [Role.OFFICER]),
        ("江南", "值班员", [Role.OFFICER]),
        ("史诗", "值班员", [Role.OFFICER]),
        ("顾北", "值班员", [Role.OFFICER]),
        ("侯宇", "值班员", [Role.OFFICER]),
        ("邵阳", "运维工程师", [Role.MAINTAINER]),
    ],
}


@dataclass
class House:
    """What was loaded, for the apps above."""

    at: dt.datetime
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def top(self) -> Unit:
        return self.units["集团总部"]

    def titled(self, unit: str, *titles: str) -> list[Person]:
        here = self.units[unit].pk
        return [person for person in self.people.values() if person.unit_id == here and person.title in titles]


def load(at: dt.datetime) -> House:
    house = House(at)
    for order, (name, parent) in enumerate(UNITS.items()):
        house.units[name] = Unit.objects.create(name=name, parent=house.units.get(parent), order=order)
    _hire(house)
    _line_up(house)
    return house


def _hire(house: House) -> None:
    password, number = make_password(PASSWORD), 0
    everyone = []
    for unit, people in PEOPLE.items():
        for name, title, _roles in people:
            number += 1
            everyone.append(
                Person(
                    staff_number=f"ZB{number:03d}",
                    name=name,
                    name_sort=sort_key(name),
                    title=title,
                    unit=house.units[unit],
                    mobile=f"13{number % 10}0100{number:04d}",
                    mail=f"zb{number:03d}@zhiban.example",
                    language="zh-hans",
                    employed_from=dt.date(2018, 1, 1) + dt.timedelta(days=37 * number),
                    password=password,
                )
            )
    for person in Person.objects.bulk_create(everyone):
        house.people[person.name] = person


def _line_up(house: House) -> None:
    """Heads, superiors, deputies and roles."""
    grants, changed = [], []
    top_head = house.people["高远"]
    for unit_name, people in PEOPLE.items():
        unit = house.units[unit_name]
        head, deputy = (house.people[people[n][0]] for n in (0, 1))
        Unit.objects.filter(pk=unit.pk).update(head=head)
        for name, _title, roles in people:
            person = house.people[name]
            if person is head:
                person.superior, person.deputy = (None if head is top_head else top_head), deputy
            elif person is deputy:
                person.superior, person.deputy = head, None
            else:
                person.superior = house.people["周敏"] if unit_name == "集团总部" else head
            changed.append(person)
            everywhere = "总部" in roles
            grants += [
                Grant(person=person, role=role, unit=house.top if everywhere else unit)
                for role in roles
                if role in Role.values
            ]
    Person.objects.bulk_update(changed, ["superior", "deputy"])
    Grant.objects.bulk_create(grants)
