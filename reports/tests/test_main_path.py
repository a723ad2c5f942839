"""The main path on two screens: the officer's desktop and the superior's phone, real mail between them."""

import re

import pytest
from playwright.sync_api import expect

from duty.sample import PASSWORD
from reports.tests.conftest import link_in, shot

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def log_smoke(page, place: str) -> None:
    """Write down a smoking switch room with the keyboard, as one would while listening."""
    page.keyboard.press("n")
    page.wait_for_url("**/incidents/log/")
    page.select_option("#id_line", label="应急热线 6110")
    page.fill("#id_reporter_name", "张强(物业)")
    page.fill("#id_reporter_contact", "138 0013 8000")
    page.fill("#id_place", place)
    page.fill("#id_summary", "低压柜冒烟")
    page.fill("#id_scene", "有焦味和轻烟,未见明火,已断电")
    page.select_option("#id_nature", label="火情")
    page.get_by_role("radio", name="紧急", exact=True).check(force=True)
    page.get_by_role("radio", name="一栋楼", exact=True).check(force=True)


def test_a_real_incident_is_logged_told_and_acknowledged_in_time(product, open_browser):
    officer, superior = product.on_watch("primary"), product.person("周敏")
    desktop = open_browser(officer[0])
    log_smoke(desktop, "B 座地下一层")
    verdict = desktop.locator("[data-verdict]")
    assert "较大" in verdict.inner_text()
    assert "配电、机房等重要部位出现火情征兆" in verdict.inner_text()
    assert superior[1] in verdict.inner_text()
    assert "有没有人受伤或被困" in desktop.locator("[data-ask]").inner_text()
    shot(desktop, "log")
    desktop.keyboard.press("Control+Enter")
    desktop.wait_for_url(re.compile(r"/incidents/\d+/"))
    assert "待上级确认" in desktop.inner_text("h1 + .under")
    shot(desktop, "reported")

    message = product.mailbox.wait_for(superior[2], "低压柜冒烟")
    assert "B 座地下一层" in message.get_body(("plain",)).get_content()
    phone = open_browser(width=390, theme="dark", touch=True)
    phone.goto(link_in(message))
    assert "待您确认" in phone.inner_text("main")
    assert "剩" in phone.inner_text(".big-clock")
    waiting = "SELECT count(*) FROM incidents_incident WHERE place = 'B 座地下一层' AND status = 'reported'"
    assert product.sql(waiting) == [(1,)], "opening the link changed something"
    shot(phone, "superior")
    phone.get_by_role("button", name="确认收到").tap()
    phone.get_by_text("已于").wait_for()
    assert product.sql(waiting) == [(0,)]

    # The officer's screen follows by itself.
    expect(desktop.locator("h1 + .under")).to_contain_text("已确认", timeout=10_000)
    phone.get_by_role("button", name="授权处置").tap()
    desktop.get_by_text("授权处置").first.wait_for(timeout=10_000)
    settled = product.sql(
        "SELECT d.settled_at < d.due_at FROM duty_deadline d JOIN incidents_incident i ON i.matter_id = d.matter_id "
        "WHERE i.place = 'B 座地下一层' AND d.kind = 'incidents.report'"
    )
    assert settled == [(True,)]


@pytest.fixture
def shortened_standard(product):
    """The hour lasts thirty seconds: reminded four before, escalated then and again three after."""
    kept = product.sql("SELECT id, report_within, ladder::text FROM incidents_level WHERE rank = 3")
    ladder = """[
        {"offset": -4, "to": "duty.superior", "action": "remind", "min_gap": 1, "again": 0, "person": null},
        {"offset": 0, "to": "duty.unit_head", "action": "escalate", "min_gap": 1, "again": 0, "person": null},
        {"offset": 3, "to": "duty.administrators", "action": "escalate", "min_gap": 1, "again": 0, "person": null}]"""
    product.sql("UPDATE incidents_level SET report_within = '30 seconds', ladder = %s WHERE rank = 3", ladder)
    yield
    for pk, within, old in kept:
        product.sql("UPDATE incidents_level SET report_within = %s, ladder = %s WHERE id = %s", within, old, pk)


def start_a_minute(product) -> None:
    """Turn the database's clock on to the first second of a minute, so that “received at” is now."""
    product.sql(
        "DO $do$ BEGIN EXECUTE format('CREATE OR REPLACE FUNCTION duty_now() RETURNS timestamptz STABLE PARALLEL SAFE "
        "LANGUAGE sql AS $$ SELECT statement_timestamp() + interval ''%%s seconds'' $$', "
        "60 - extract(second FROM statement_timestamp())); END $do$"
    )


def test_when_nobody_answers_it_climbs_two_levels(product, open_browser, shortened_standard):
    officer, head, administrator = product.on_watch("primary"), product.person("高远"), product.person("姜涛")
    desktop = open_browser(officer[0])
    log_smoke(desktop, "C 座三楼")
    start_a_minute(product)
    try:
        now = product.sql("SELECT to_char(duty_now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')")[0][0]
        desktop.fill("#id_received_at", now)
        desktop.keyboard.press("Control+Enter")
        desktop.wait_for_url(re.compile(r"/incidents/\d+/"))
        desktop.get_by_text(f"升级上报 {head[1]}").first.wait_for(timeout=45_000)
        desktop.get_by_text(f"升级上报 {administrator[1]}").first.wait_for(timeout=15_000)
        shot(desktop, "escalated")
        story = desktop.inner_text("#story")
        assert "00:30 升级上报" in story
        product.mailbox.wait_for(head[2], "升级上报")
        product.mailbox.wait_for(administrator[2], "升级上报")
        fired = product.sql(
            "SELECT f.action, f.told->>0, EXTRACT(EPOCH FROM f.fired_at - f.planned_at) FROM duty_firing f "
            "JOIN incidents_incident i ON i.matter_id = f.matter_id WHERE i.place = 'C 座三楼' ORDER BY f.rung"
        )
        assert [(action, name) for action, name, _late in fired][1:] == [
            ("remind", "周敏"),
            ("escalate", head[1]),
            ("escalate", administrator[1]),
        ]
        assert all(late < 1.5 for _action, _name, late in fired[1:])
    finally:
        product.sql(
            "CREATE OR REPLACE FUNCTION duty_now() RETURNS timestamptz STABLE PARALLEL SAFE LANGUAGE sql "
            "AS 'SELECT statement_timestamp()'"
        )


def test_a_draft_survives_a_closed_tab_and_another_machine(product, open_browser):
    officer = product.on_watch("secondary")
    first = open_browser(officer[0])
    first.goto(product.base + "/incidents/log/")
    first.fill("#id_place", "A 座 9 楼电梯厅")
    first.get_by_text("草稿已自动保存").wait_for()
    first.close()
    second = open_browser(officer[0])
    second.goto(product.base + "/incidents/log/")
    assert second.input_value("#id_place") == "A 座 9 楼电梯厅"
    second.get_by_role("button", name="丢弃草稿").click()
    expect(second.locator("#id_place")).to_have_value("")


def test_a_refused_log_keeps_what_was_typed_and_points_at_the_field(product, open_browser):
    officer = product.on_watch("secondary")
    page = open_browser(officer[0], width=390)
    page.goto(product.base + "/incidents/log/")
    page.fill("#id_place", "地下车库")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("尚未保存").wait_for()
    assert page.input_value("#id_place") == "地下车库"
    assert "请填写报告人姓名" in page.inner_text("#error-reporter_name")
    assert page.evaluate("document.activeElement.id") == "id_reporter_name"


def test_the_desk_without_javascript_still_logs_and_acknowledges(product, chromium):
    officer, superior = product.on_watch("primary"), product.person("周敏")
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(product.base + "/login/")
    page.fill("#id_username", officer[0])
    page.fill("#id_password", PASSWORD)
    page.click("button.primary")
    page.goto(product.base + "/incidents/log/")
    for field, value in (("place", "无脚本楼"), ("summary", "冒烟"), ("reporter_name", "某人")):
        page.fill(f"#id_{field}", value)
    page.locator("#id_contact_not_given").check(force=True)
    page.get_by_role("radio", name="紧急", exact=True).check(force=True)
    page.get_by_role("radio", name="一栋楼", exact=True).check(force=True)
    page.get_by_role("button", name="保存").click()
    page.wait_for_url(re.compile(r"/incidents/\d+/"))
    message = product.mailbox.wait_for(superior[2], "] 冒烟")
    page.goto(link_in(message))
    assert page.get_by_role("button", name="确认收到").count() == 0, "it shows, in the hands of whoever is signed in"
    phone = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    answer = phone.new_page()
    answer.goto(link_in(message))
    answer.get_by_role("button", name="确认收到").click()
    assert product.sql("SELECT status FROM incidents_incident WHERE place = '无脚本楼'") == [("acknowledged",)]
    phone.close()
    context.close()
