"""Hands to make rounds in the running product, and to answer what a telephone asks there."""

import json
import os
import subprocess
import sys

from duty.env import ROOT

MAKE = """
import json
from duty.clock import duty_now
from duty.models import Person
from equipment.models import Checklist, Equipment
from equipment.tests.rounds import make_checklist, make_round

at, by = duty_now(), Person.objects.get(name="谢婷")
checklist = Checklist.objects.filter(name="离线巡检").first()
if checklist is None:
    first, second = Equipment.objects.get(code="DY-02"), Equipment.objects.get(code="SB-01")
    reading = {"kind": "number", "measure": "℃", "least": -40, "most": 90, "normal_low": 18, "normal_high": 27, "alarm_high": 35}
    items = [
        {"question": "指示灯", "equipment": first, "photo_if_abnormal": True},
        {"question": "温度", "equipment": first, **reading},
        {"question": "风扇", "equipment": second},
        {"question": "进风温度", "equipment": second, **reading},
        {"question": "门窗", "place": first.place, "kind": "choice", "choices": ["关好", "未关"], "bad_choices": ["未关"]},
        {"question": "其他", "kind": "text", "required": False},
        {"question": "签名", "kind": "signature"},
    ]
    checklist = make_checklist(first.unit, by, at, name="离线巡检", items=items)
walk = make_round(checklist, at)
print(json.dumps({"round": walk.pk, "checklist": checklist.pk, "tags": [e.tag for e in Equipment.objects.filter(code__in=["DY-02", "SB-01", "KT-01"]).order_by("code")]}))
"""
EDIT = """
from duty.clock import duty_now
from duty.models import Person
from equipment.models import Checklist

at, by = duty_now(), Person.objects.get(name="谢婷")
checklist = Checklist.objects.get(name="离线巡检")
draft = checklist.revise(by=by, at=at)
draft.items.filter(question="风扇").update(method="听，看")
checklist.publish(draft, by=by, at=at)
"""


def inside(product, code: str) -> str:
    """Run this within the product's own database; what it printed last."""
    clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment = clean | {"VAR_DIR": str(product.place.var), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip().rpartition("\n")[2]


def lay(product) -> dict:
    """A round that is open to walk: its number, and the tags of three pieces, the first of which is on no stop."""
    return json.loads(inside(product, MAKE))


def press(page, question: str, button: str) -> None:
    item = page.locator(".walk-item", has=page.get_by_role("heading", name=question, exact=True))
    item.locator(f".walk-choice button.{button}").click()
    item.locator('[aria-checked="true"]').wait_for()


def read(page, question: str, value: str) -> None:
    item = page.locator(".walk-item", has=page.get_by_role("heading", name=question, exact=True))
    item.locator("input.walk-number").fill(value)
    item.locator("input.walk-number").blur()
    item.locator("[data-verdict] .badge-state").wait_for()


def go(page, number: int) -> None:
    page.locator(".walk-stops summary").click()
    page.locator(".walk-stops ol button").nth(number - 1).click()
    page.locator(f'.walk-stops li:nth-child({number}) [aria-current="step"]').wait_for(state="attached")


def sign(page) -> None:
    box = page.locator("canvas.walk-pad").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 120, steps=6)
    page.mouse.up()
    page.locator(".walk-item:has(canvas) > div > button").click()
    page.locator("img.walk-signed").wait_for()


def everything_sent(page, seconds: float = 40) -> None:
    page.locator('[data-status]:has([data-phase="rest"]):not(:has([data-waits]))').wait_for(timeout=seconds * 1000)
