"""Rounds walked on a phone in a real browser: without network, on two phones, with a session that ended, by labels."""

import re
import subprocess

import pytest
import segno
from PIL import Image
from playwright.sync_api import expect

from duty.env import ROOT
from duty.sample import PASSWORD
from reports.tests.conftest import CHROMIUM
from reports.tests.rounds import EDIT, everything_sent, go, inside, lay, press, read, sign

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def laid(product):
    return lay(product)


@pytest.fixture
def walker(product, open_browser):
    """A telephone of the officer on watch, on the walking page of that round, ready to go without network."""

    def start(laid, name="韩雪", **more):
        page = open_browser(product.person(name)[0], width=390, touch=True, **more)
        page.goto(f"{product.base}/rounds/{laid['round']}/walk/")
        page.wait_for_selector(".walk-item, .walk-label")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        everything_sent(page)
        return page

    return start


def found(product, laid) -> dict:
    """{question: [what stands]} and how many answers there are in all."""
    rows = product.sql(
        "SELECT i.question, a.number, a.text, a.judged, a.superseded_at IS NULL FROM equipment_answer a "
        "JOIN equipment_item i ON i.id = a.item_id WHERE a.round_id = %s", laid["round"],
    )  # fmt: skip
    standing = {
        question: (float(number) if number is not None else text or judged)
        for question, number, text, judged, stands in rows
        if stands
    }
    return standing | {"": len(rows)}


def status(product, laid) -> str:
    return product.sql("SELECT status FROM equipment_round WHERE matter_id = %s", laid["round"])[0][0]


def test_a_walk_goes_on_while_the_network_is_cut_twice(product, walker, laid):
    page = walker(laid)
    page.context.set_offline(True)
    press(page, "指示灯", "good")
    read(page, "温度", "21.5")
    page.reload()  # what the service worker kept; it goes on at the first stop that lacks something
    page.get_by_role("heading", name="核心交换机一号").wait_for()
    go(page, 1)
    page.locator('[aria-checked="true"].good').wait_for()
    assert page.locator("input.walk-number").input_value() == "21.5"
    assert page.locator("[data-waits]").count() == 1
    go(page, 2)
    press(page, "风扇", "good")
    page.context.set_offline(False)
    everything_sent(page)
    assert found(product, laid) == {"指示灯": 0, "温度": 21.5, "风扇": 0, "": 3}

    page.context.set_offline(True)
    read(page, "进风温度", "30")
    go(page, 3)
    press(page, "门窗", "good")
    go(page, 4)
    sign(page)
    page.locator(".walk-foot .primary").click()
    page.locator("button.wide").click()
    page.locator("button.wide").wait_for(
        state="detached"
    )  # until then the page says “keeping”, and asks before it goes
    page.reload()
    page.locator("[data-waits]").wait_for()
    assert status(product, laid) == "progress"
    page.context.set_offline(False)
    everything_sent(page)
    assert status(product, laid) == "done"
    assert found(product, laid) == {
        "指示灯": 0,
        "温度": 21.5,
        "风扇": 0,
        "进风温度": 30,
        "门窗": "关好",
        "签名": 0,
        "": 6,
    }
    assert product.sql("SELECT count(*) FROM equipment_shot WHERE round_id = %s", laid["round"]) == [(1,)]


def test_two_telephones_without_network_meet_on_one_round(product, walker, laid):
    first, second = walker(laid), walker(laid, "陈立")
    for page in (first, second):
        page.context.set_offline(True)
    press(first, "指示灯", "good")
    read(first, "温度", "20")
    read(second, "温度", "22")
    go(second, 2)
    press(second, "风扇", "good")
    for page in (second, first):
        page.context.set_offline(False)
        everything_sent(page)
    everything_sent(second)
    assert found(product, laid) == {"指示灯": 0, "温度": 22, "风扇": 0, "": 4}
    go(first, 2)
    expect(first.locator('.walk-item [aria-checked="true"]')).to_have_count(1, timeout=20_000)


def test_a_session_that_ended_meanwhile_loses_nothing(product, walker, laid):
    page = walker(laid)
    page.context.set_offline(True)
    press(page, "指示灯", "good")
    product.sql("DELETE FROM django_session")
    page.context.set_offline(False)
    page.locator("[data-status] a.primary").wait_for(timeout=40_000)
    page.locator("[data-status] a.primary").click()
    page.fill("#id_username", product.person("韩雪")[0])
    page.fill("#id_password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(re.compile(r"/rounds/\d+/walk/"))
    page.wait_for_selector('.walk-item [aria-checked="true"]')
    everything_sent(page)
    assert found(product, laid) == {"指示灯": 0, "": 1}


def test_whoever_signs_in_next_sees_and_sends_nothing_of_the_first(product, walker, laid):
    page = walker(laid)
    page.context.set_offline(True)
    press(page, "指示灯", "good")
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.goto(product.base + "/login/")
    page.context.set_offline(True)
    page.goto(f"{product.base}/rounds/{laid['round']}/walk/")
    assert page.locator(".walk-item").count() == 0
    page.context.set_offline(False)
    page.goto(product.base + "/login/")
    page.fill("#id_username", product.person("陈立")[0])
    page.fill("#id_password", PASSWORD)
    page.click("button.primary")
    page.goto(product.base + "/rounds/")
    page.wait_for_timeout(1500)
    assert found(product, laid) == {"": 0}
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("[data-walk] h1")
    assert page.locator("[data-kept]").count() == 0
    page.context.set_offline(False)


def test_a_checklist_published_during_the_round_leaves_the_round_as_it_was(product, walker, laid):
    page = walker(laid)
    page.context.set_offline(True)
    press(page, "指示灯", "good")
    inside(product, EDIT)
    go(page, 2)
    press(page, page.locator(".walk-item h2").first.inner_text(), "good")
    page.context.set_offline(False)
    everything_sent(page)
    versions = "SELECT r.version_id = i.version_id FROM equipment_round r JOIN equipment_answer a ON a.round_id = r.matter_id JOIN equipment_item i ON i.id = a.item_id WHERE r.matter_id = %s"
    assert product.sql(versions, laid["round"]) == [(True,), (True,)]
    latest = "SELECT max(id) FROM equipment_version WHERE checklist_id = %s"
    assert product.sql("SELECT version_id FROM equipment_round WHERE matter_id = %s", laid["round"]) != product.sql(
        latest, laid["checklist"]
    )


def test_what_is_abnormal_is_sent_with_its_note_and_photo(product, walker, laid, tmp_path):
    page = walker(laid)
    Image.new("RGB", (3000, 2000), "navy").save(tmp_path / "photo.jpg")
    press(page, "指示灯", "bad")
    item = page.locator(".walk-item").first
    item.locator("textarea").fill("不亮")
    item.locator("textarea").blur()
    item.locator("input[type=file]").set_input_files(tmp_path / "photo.jpg")
    item.locator(".walk-shot img").wait_for()
    everything_sent(page)
    defect = product.sql("SELECT what, detail FROM equipment_defect WHERE round_id = %s", laid["round"])
    assert defect == [("指示灯异常", "不亮")]
    size = product.sql(
        "SELECT f.size FROM equipment_shot s JOIN duty_file f ON f.id = s.file_id WHERE s.round_id = %s", laid["round"]
    )
    assert len(size) == 1


def test_a_value_that_cannot_be_is_refused_under_the_finger(product, walker, laid):
    page = walker(laid)
    field = page.locator("input.walk-number")
    field.fill("215")
    assert page.locator(".walk-item .invalid-feedback").filter(visible=True).count() == 1
    field.fill("36")
    expect(page.locator(".walk-item [data-verdict] .late")).to_have_count(1)
    field.fill("-3")
    field.blur()
    everything_sent(page)
    assert found(product, laid) == {"温度": -3, "": 1}


def test_labels_lead_to_their_stop_by_photo_by_typing_and_say_when_they_are_strange(product, walker, laid, tmp_path):
    page = walker(laid)
    strange, _first, second = laid["tags"][1], laid["tags"][0], laid["tags"][2]
    segno.make(f"{product.base}/t/{second}/", error="m").save(str(tmp_path / "label.png"), scale=8, border=3)
    page.locator(".walk-foot button").nth(1).click()
    page.locator("dialog input[type=file]").set_input_files(tmp_path / "label.png")
    page.get_by_role("heading", name="核心交换机一号").wait_for()
    page.locator(".walk-foot button").nth(1).click()
    [(number,)] = product.sql("SELECT code FROM equipment_equipment WHERE tag = %s", laid["tags"][0])
    for typed, says in ((strange.lower(), strange), ("XXXX 9999", "XXXX9999"), (number, "设备编号")):
        page.fill("#label-code", typed)
        page.keyboard.press("Enter")
        page.locator("dialog .invalid-feedback", has_text=says).wait_for()
        assert page.input_value("#label-code") == typed  # what was typed stays, to be corrected
    page.fill("#label-code", f"{laid['tags'][0][:4]} {laid['tags'][0][4:]}".lower())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="总部 UPS 一号").wait_for()
    everything_sent(page)
    shown = product.sql("SELECT how FROM equipment_visit WHERE round_id = %s ORDER BY arrived_at", laid["round"])
    assert shown == [("scanned",), ("typed",)]


def test_the_camera_reads_a_label(product, chromium, laid, tmp_path):
    """A camera that sees nothing but the label, in a browser of its own."""
    segno.make(f"{product.base}/t/{laid['tags'][2]}/", error="m").save(str(tmp_path / "label.png"), scale=8, border=8)
    frame = Image.new("RGB", (640, 480), "white")
    frame.paste(Image.open(tmp_path / "label.png").convert("RGB").resize((400, 400)), (120, 40))
    frame.save(tmp_path / "frame.jpg", quality=95)
    (tmp_path / "camera.mjpeg").write_bytes((tmp_path / "frame.jpg").read_bytes() * 30)
    path = subprocess.run(["node", "-e", CHROMIUM], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    camera = [f"--use-{what}" for what in ("fake-device-for-media-stream", "fake-ui-for-media-stream")]
    camera.append(f"--use-file-for-fake-video-capture={tmp_path / 'camera.mjpeg'}")
    browser = chromium.browser_type.launch(executable_path=path, args=["--no-sandbox", *camera])
    try:
        page = browser.new_context(viewport={"width": 390, "height": 844}, permissions=["camera"]).new_page()
        page.goto(product.base + "/login/")
        page.fill("#id_username", product.person("韩雪")[0])
        page.fill("#id_password", PASSWORD)
        page.click("button.primary")
        page.goto(f"{product.base}/rounds/{laid['round']}/walk/")
        page.locator(".walk-foot button").nth(1).click()
        page.get_by_role("heading", name="核心交换机一号").wait_for()
        everything_sent(page)
    finally:
        browser.close()
    assert product.sql("SELECT how FROM equipment_visit WHERE round_id = %s", laid["round"]) == [("scanned",)]
