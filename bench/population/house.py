"""The organisation: a unit tree, its people with their superiors and roles, posts, lines and the severity standard."""

import datetime as dt
import random

from duty.clock import duty_now
from duty.models import Grant, Person, Role, Unit
from duty.names import sort_key
from incidents.first_standard import lay_down
from incidents.models import DutyLine, Nature
from scheduling.models import Post

TOP = "集团总部"
SITES = ("东区园区", "西区数据中心", "北区厂区", "南港物流园", "研发中心")
OFFICES = ("综合管理部", "安全保卫部", "信息技术部", "设备管理部")
PARTS = ("值班室", "动力车间", "机电班", "消防站", "仓储部", "网络组")
NATURES = ("漏水", "设备故障", "停电", "电梯", "网络系统", "治安", "火情", "人员伤病", "咨询投诉", "其他")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华建国志文斌宇浩凯健俊帆雪萍鑫鹏飞燕"
PEOPLE = 500


def found() -> None:
    """Fill an empty database with everything that incidents refer to."""
    dice = random.Random(20260101)
    top = Unit.objects.create(name=TOP)
    sites = [Unit.objects.create(name=name, parent=top, order=n + 1) for n, name in enumerate(SITES)]
    offices = [Unit.objects.create(name=name, parent=top, order=n + 20) for n, name in enumerate(OFFICES)]
    parts = [
        Unit.objects.create(name=f"{site.name[:2]}{part}", parent=site, order=n + 1)
        for site in sites
        for n, part in enumerate(PARTS)
    ]
    _hire(dice, [top, *sites, *offices, *parts])
    for n, unit in enumerate([top, *sites]):
        Post.objects.create(unit=unit, name=f"{unit.name[:2]}值班室", phone=f"010 8000 {6110 + n}", order=n)
        DutyLine.objects.create(unit=unit, name="值班电话", number=f"{6110 + n}", order=n)
    for n, name in enumerate(NATURES):
        Nature.objects.create(
            name=name, prompts="发生了什么\n在哪里\n有没有人受伤", call_first="119" * (name == "火情"), order=n
        )
    at = duty_now()
    lay_down(top, by=top.people.order_by("id").first(), at=at - dt.timedelta(days=1125))


def _hire(dice: random.Random, units: list[Unit]) -> None:
    """The first of a unit heads it, the second leads too; three quarters of the rest keep watch."""
    top = units[0]
    seats = [
        *[top] * 40,
        *(unit for unit in units[1:6] for _ in range(24)),
        *(unit for unit in units[1:] for _ in range(8)),
    ]
    while len(seats) < PEOPLE:
        seats.append(units[len(seats) % len(units)])
    people = []
    for number, unit in enumerate(sorted(seats, key=lambda unit: unit.pk), 1):
        name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
        people.append(
            Person(
                staff_number=f"B{number:04d}", name=name, name_sort=sort_key(name), unit=unit, title="值班员",
                mobile=f"138{number:08d}", mail=f"b{number:04d}@zhiban.example", language="zh-hans", password="!",
            )
        )  # fmt: skip
    Person.objects.bulk_create(people)
    by_unit: dict[int, list[Person]] = {}
    for person in people:
        by_unit.setdefault(person.unit_id, []).append(person)
    grants = []
    for unit in units:
        head, second, *others = by_unit[unit.pk]
        Unit.objects.filter(pk=unit.pk).update(head=head)
        head.superior = by_unit[unit.parent_id][0] if unit.parent_id else None
        second.superior, head.deputy = head, second
        grants += [Grant(person=person, role=Role.LEADER, unit=unit) for person in (head, second)]
        for place, person in enumerate(others):
            person.superior = head
            if unit.parent_id is None and place < 6:
                grants.append(Grant(person=person, role=Role.LEADER, unit=unit))
            elif place % 4:
                grants.append(Grant(person=person, role=Role.OFFICER, unit=unit))
    for place, role in enumerate((Role.MANAGER, Role.AUDITOR, Role.PERSONNEL, Role.ADMINISTRATOR)):
        grants.append(Grant(person=by_unit[top.pk][-1 - place], role=role, unit=top))
    Person.objects.bulk_update(people, ["superior", "deputy"])
    Grant.objects.bulk_create(grants, ignore_conflicts=True)
