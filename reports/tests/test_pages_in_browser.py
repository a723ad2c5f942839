"""Every page in a real browser: both themes, both languages, desk and phone; axe, overflow, errors, words left over."""

import re

import pytest
from playwright.sync_api import expect

from duty.run.supervisor import Supervisor
from reports.tests.conftest import link_in, shot, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

EVERYONES = ["/", "/calendar/", "/calendar/?show=past", "/notices/", "/shifts/", "/absences/", "/absences/new/", "/swaps/", "/days/", "/wishes/", "/lines/", "/standard/", "/trail/", "/me/",
             "/me/password/", "/switch/", "/more/", "/incidents/", "/incidents/?q=冒烟", "/nothing-here/"]  # fmt: skip
OFFICERS = ["/incidents/log/"]
MANAGERS = ["/shifts/new/", "/absences/sick/", "/days/notice/", "/days/2026-10-01/", "/lines/new/", "/posts/", "/posts/new/", "/pool/", "/pool/?show=past",
            "/qualifications/", "/qualifications/new/", "/terms/", "/wishes/team/", "/rosters/", "/rosters/?show=archived", "/rosters/new/",
            "/fairness/", "/fairness/?by=night", "/fairness/coverage/"]  # fmt: skip
REGISTER = ["/equipment/", "/equipment/?q=UPS&category=power", "/equipment/?show=retired", "/equipment/labels/?q=UPS", "/places/", "/contracts/", "/contracts/?show=former",
            "/t/AAAAAAAA/"]  # fmt: skip
STORES = [
    "/supplies/",
    "/supplies/?show=short",
    "/supplies/?show=former",
    "/supplies/count/",
    "/supplies/print/",
    "/keys/",
    "/keys/?show=out",
    "/cabinets/",
]
STORES_KEPT = ["/supplies/new/", "/keys/new/", "/cabinets/new/"]
ANALYSIS = [
    "/trends/",
    "/rounds/calendar/",
    "/rounds/calendar/?month=2026-02",
    "/equipment/recurrence/",
    "/equipment/summary/",
    "/equipment/summary/print/",
]
REGISTER_KEPT = ["/equipment/new/", "/places/new/", "/contracts/new/"]
REPAIRS = [
    "/defects/",
    "/defects/?state=open&q=电梯",
    "/defects/?again=1&criticality=key",
    "/defects/mine/",
    "/defects/new/",
    "/defects/terms/",
]
ROUNDS = [
    "/rounds/",
    "/rounds/?show=all",
    "/rounds/?state=missed",
    "/rounds/start/",
    "/rounds/offline/",
    "/checklists/",
    "/plans/",
    "/equipment/unchecked/",
]
ROUNDS_KEPT = ["/checklists/new/", "/plans/new/"]
RIGHTS = ["/my/", "/my/record/", "/objections/new/"]
RIGHTS_KEPT = ["/objections/", "/objections/?show=all", "/ledger/", "/ledger/adjust/", "/rates/", "/rates/new/"]
STRANGERS = ["/login/", "/password/", "/password/sent/", "/n/forged/", "/password/MQ/x-y/"]
LOOKS = [("light", "zh-hans", 1440), ("dark", "zh-hans", 390), ("light", "en", 390), ("dark", "en", 1440)]
HAN = re.compile(r"[\u4e00-\u9fff]")


def matter_pages(product) -> list[str]:
    reported = product.sql("SELECT matter_id FROM incidents_incident WHERE status = 'reported' ORDER BY 1 LIMIT 1")[0][
        0
    ]
    closed = product.sql("SELECT matter_id FROM incidents_incident WHERE summary = '制冷机房配电柜冒烟'")[0][0]
    shift = product.sql(
        "SELECT matter_id FROM scheduling_shift WHERE starts_at <= duty_now() ORDER BY starts_at DESC LIMIT 1"
    )[0][0]
    return [
        f"/incidents/{reported}/", f"/incidents/{closed}/", f"/incidents/{closed}/paper/", f"/incidents/{reported}/amend/place/",
        f"/trail/{closed}/", f"/shifts/{shift}/",
    ]  # fmt: skip


def rostering_pages(product) -> list[str]:
    """One of everything that is set up before a roster; a sample without one shows the page that says so."""
    asked = {
        "/posts/{}/": "SELECT id FROM scheduling_post",
        "/posts/{}/watches/new/": "SELECT id FROM scheduling_post",
        "/posts/watches/{}/": "SELECT id FROM scheduling_pattern",
        "/posts/watches/{}/end/": "SELECT id FROM scheduling_pattern",
        "/terms/{}/": "SELECT unit_id FROM scheduling_terms",
        "/pool/units/{}/add/": "SELECT id FROM duty_unit",
        "/pool/members/{}/": "SELECT id FROM scheduling_member WHERE until_on IS NULL",
        "/pool/members/{}/end/": "SELECT id FROM scheduling_member WHERE until_on IS NULL",
        "/pool/{}/": "SELECT person_id FROM scheduling_qualified",
        "/pool/{}/qualify/": "SELECT person_id FROM scheduling_member",
        "/pool/{}/exempt/": "SELECT person_id FROM scheduling_member",
        "/exemptions/{}/end/": "SELECT id FROM scheduling_exemption",
        "/qualifications/{}/": "SELECT id FROM scheduling_qualification",
        "/qualified/{}/": "SELECT matter_id FROM scheduling_qualified",
        "/qualified/{}/renew/": "SELECT matter_id FROM scheduling_qualified",
        "/qualified/{}/revoke/": "SELECT matter_id FROM scheduling_qualified",
        "/rosters/{}/": "SELECT matter_id FROM scheduling_roster WHERE status = 'draft'",
        "/rosters/{}/?day={}": "SELECT matter_id, first_on FROM scheduling_roster WHERE status = 'draft'",
        "/rosters/{}/?slot={}": "SELECT roster_id, id FROM scheduling_slot WHERE person_id IS NULL",
        "/rosters/{}/check/": "SELECT matter_id FROM scheduling_roster WHERE status = 'draft'",
        "/rosters/{}/versions/": "SELECT matter_id FROM scheduling_roster WHERE status = 'published'",
        "/rosters/{}/month/": "SELECT matter_id FROM scheduling_roster",
        "/rosters/{}/list/": "SELECT matter_id FROM scheduling_roster",
        "/rosters/{}/print/": "SELECT matter_id FROM scheduling_roster",
        "/rosters/{}/import/": "SELECT matter_id FROM scheduling_roster WHERE status = 'draft'",
    }
    found = ((path, product.sql(f"{query} ORDER BY 1 LIMIT 1")) for path, query in asked.items())
    return [path.format(*rows[0]) for path, rows in found if rows]


def register_pages(product) -> list[str]:
    asked = {
        "/equipment/{}/": "SELECT equipment_id FROM equipment_gauge",
        "/equipment/{}/history/": "SELECT equipment_id FROM equipment_defect WHERE equipment_id IS NOT NULL",
        "/equipment/{}/trends/": "SELECT equipment_id FROM equipment_answer WHERE gauge_id IS NOT NULL",
        "/equipment/{}/trends/?days=all": "SELECT equipment_id FROM equipment_answer WHERE gauge_id IS NOT NULL",
        "/equipment/{}/change/": "SELECT matter_id FROM equipment_equipment WHERE until_on IS NULL",
        "/equipment/{}/retire/": "SELECT matter_id FROM equipment_equipment WHERE until_on IS NULL",
        "/equipment/{}/gauges/new/": "SELECT matter_id FROM equipment_equipment WHERE until_on IS NULL",
        "/equipment/{}/people/new/": "SELECT matter_id FROM equipment_equipment WHERE until_on IS NULL",
        "/equipment/gauges/{}/": "SELECT id FROM equipment_gauge",
        "/equipment/people/{}/end/": "SELECT id FROM equipment_keeper",
        "/places/{}/": "SELECT id FROM equipment_place",
        "/contracts/{}/": "SELECT matter_id FROM equipment_contract",
        "/contracts/{}/change/": "SELECT matter_id FROM equipment_contract",
        "/contracts/{}/renew/": "SELECT matter_id FROM equipment_contract",
        "/contracts/{}/end/": "SELECT matter_id FROM equipment_contract",
    }
    return [path.format(*product.sql(f"{query} ORDER BY 1 LIMIT 1")[0]) for path, query in asked.items()]


def repair_pages(product) -> list[str]:
    """Defects in each state, one that came back, one with outside help; what is written down of each."""
    asked = {
        "/defects/{}/": "SELECT min(matter_id) FROM equipment_defect GROUP BY status",
        "/defects/{}/?recurs": "SELECT matter_id FROM equipment_defect WHERE recurs_id IS NOT NULL ORDER BY 1 LIMIT 1",
        "/defects/{}/?called": "SELECT max(defect_id) FROM equipment_callout",
        "/defects/{}/paper/": "SELECT max(defect_id) FROM equipment_callout",
        "/defects/calls/{}/": "SELECT max(id) FROM equipment_callout",
        "/defects/new/?piece={}": "SELECT equipment_id FROM equipment_defect WHERE status = 'fixed' LIMIT 1",
        "/defects/new/?again={}": "SELECT max(matter_id) FROM equipment_defect WHERE status = 'verified'",
        "/incidents/log/?defect={}": "SELECT max(matter_id) FROM equipment_defect WHERE status = 'reported'",
    }
    return [path.format(row[0]) for path, query in asked.items() for row in product.sql(query)]


def round_pages(product) -> list[str]:
    """Rounds in each state, one with something found, one to walk; a checklist as it is read."""
    asked = {
        "/rounds/{}/": "SELECT max(matter_id) FROM equipment_round GROUP BY status",
        "/rounds/{}/?found": "SELECT max(round_id) FROM equipment_answer WHERE defect_id IS NOT NULL",
        "/rounds/{}/paper/": "SELECT max(round_id) FROM equipment_answer WHERE defect_id IS NOT NULL",
        "/rounds/{}/walk/": "SELECT matter_id FROM equipment_round WHERE status = 'scheduled' AND opens_at <= duty_now() AND missed_at > duty_now() LIMIT 1",
        "/checklists/{}/": "SELECT max(checklist_id) FROM equipment_version WHERE number > 1",
        "/checklists/{}/preview/": "SELECT min(checklist_id) FROM equipment_version",
        "/checklists/{}/paper/": "SELECT min(checklist_id) FROM equipment_version",
        "/plans/{}/": "SELECT min(matter_id) FROM equipment_plan",
    }
    return [path.format(row[0]) for path, query in asked.items() for row in product.sql(query)]


def drafting_pages(product) -> list[str]:
    """The draft of a checklist with everything that is done to it; a plan changed and ended."""
    draft = "SELECT max(checklist_id) FROM equipment_version WHERE published_at IS NULL AND dropped_at IS NULL"
    asked = dict.fromkeys(
        [f"/checklists/{{}}/{page}" for page in ("", "edit/", "publish/", "import/", "change/", "retire/", "versions/", "items/new/?stop=g")], draft
    )  # fmt: skip
    item = f"SELECT {{}}(i.id) FROM equipment_item i JOIN equipment_version v ON v.id = i.version_id WHERE v.checklist_id = ({draft}) AND v.published_at IS NULL"
    asked |= {
        "/checklists/items/{}/": item.format("min") + " AND i.kind = 'number'",
        "/checklists/items/{}/?choice": item.format("max"),
        "/plans/{}/change/": "SELECT min(matter_id) FROM equipment_plan",
        "/plans/{}/end/": "SELECT min(matter_id) FROM equipment_plan",
        "/equipment/{}/checklist/": "SELECT min(matter_id) FROM equipment_equipment WHERE criticality = 'key'",
    }
    return [path.format(row[0]) for path, query in asked.items() for row in product.sql(query) if row[0]]


def stores_pages(product) -> list[str]:
    asked = {
        "/supplies/{}/": "SELECT supply_id FROM equipment_lot WHERE expires_on < now()",
        "/supplies/{}/?do=issue": "SELECT supply_id FROM equipment_movement WHERE due_back_at IS NOT NULL",
        "/supplies/{}/?do=count": "SELECT supply_id FROM equipment_lot",
        "/supplies/count/?place={}": "SELECT place_id FROM equipment_supply",
        "/supplies/{}/change/": "SELECT matter_id FROM equipment_supply",
        "/supplies/{}/end/": "SELECT matter_id FROM equipment_supply",
        "/keys/{}/": "SELECT key_id FROM equipment_loan WHERE is_exception",
        "/keys/{}/?do=issue": "SELECT key_id FROM equipment_loan WHERE returned_at IS NOT NULL",
        "/keys/{}/change/": "SELECT matter_id FROM equipment_key",
        "/keys/{}/end/": "SELECT matter_id FROM equipment_key",
        "/cabinets/{}/": "SELECT matter_id FROM equipment_cabinet",
        "/cabinets/{}/count/": "SELECT matter_id FROM equipment_cabinet",
        "/cabinets/{}/change/": "SELECT matter_id FROM equipment_cabinet",
        "/cabinets/{}/end/": "SELECT matter_id FROM equipment_cabinet",
    }
    return [path.format(*product.sql(f"{query} ORDER BY 1 LIMIT 1")[0]) for path, query in asked.items()]


def rights_pages(product) -> list[str]:
    objections = product.sql("SELECT matter_id, person_id FROM scheduling_objection ORDER BY status")
    return [f"/objections/{row[0]}/" for row in objections] + [
        f"/my/{objections[0][1]}/",
        f"/my/{objections[0][1]}/record/",
    ]


@pytest.mark.parametrize(("theme", "language", "width"), LOOKS)
def test_every_page_is_clean(product, open_browser, axe, theme, language, width):
    officer, manager = product.on_watch("primary")[0], product.person("谢婷")[0]
    visits = [("", path) for path in STRANGERS]
    visits += [
        (officer, path)
        for path in (
            *EVERYONES,
            *RIGHTS,
            *OFFICERS,
            *REGISTER,
            *REPAIRS,
            *repair_pages(product),
            *ROUNDS,
            *round_pages(product),
            *STORES,
            *ANALYSIS,
            *matter_pages(product),
        )
    ]
    visits += [
        (manager, path)
        for path in (
            *MANAGERS,
            *RIGHTS_KEPT,
            *rostering_pages(product),
            *rights_pages(product),
            *REGISTER_KEPT,
            *register_pages(product),
            *ROUNDS_KEPT,
            *drafting_pages(product),
            *STORES_KEPT,
            *stores_pages(product),
        )
    ]
    pages, wrong = {}, []
    for who, path in visits:
        if who not in pages:
            pages[who] = open_browser(who, width=width, theme=theme, language=language)
        page = pages[who]
        answer = page.goto(product.base + path)
        assert answer.status < 500, path
        if path.endswith("/walk/"):
            page.wait_for_selector(".walk-item")  # drawn by a script from what the browser keeps
        where = f"{path} {theme} {language} {width}"
        wrong += [f"{where}: {finding}" for finding in violations(page, axe)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            wrong.append(f"{where}: wider than the window")
        wrong += [f"{where}: {text}" for text in left_over(page, language)]
        shot(page, f"{theme}-{language}-{width}-{re.sub(r'[^a-z0-9]+', '-', path)}")
    assert not wrong, "\n" + "\n".join(wrong)


def left_over(page, language: str) -> list[str]:
    """Words of the other language in what the product itself says: menus, labels, headings, buttons."""
    texts = page.eval_on_selector_all(
        "label, th, dt, button, .rail-item, .panel > h2, .panel > header h2, summary, .empty, .under",
        "found => found.filter(e => e.offsetParent).map(e => e.innerText.trim()).filter(Boolean)",
    )
    if language == "en":
        return []  # the organisation's own words are Chinese and stand everywhere
    english = re.compile(r"[A-Za-z]{4,}")
    allowed = re.compile(r"Zhiban|Ctrl|Enter|English|UPS|ZB\d+|[A-Z]{2,}\d*")
    return [text for text in texts if english.search(allowed.sub("", text)) and not HAN.search(text)]


def log_everywhere(page, product, text: str, urgency: str, scope: str) -> str:
    """Log an incident with this text in every field; its address."""
    page.goto(product.base + "/incidents/log/")
    for field in ("place", "summary", "reporter_name", "suggestion"):
        page.fill(f"#id_{field}", text[: int(page.get_attribute(f"#id_{field}", "maxlength"))])
    page.fill("#id_scene", text)
    page.locator("#id_contact_not_given").check(force=True)
    page.get_by_role("radio", name=urgency, exact=True).check(force=True)
    page.get_by_role("radio", name=scope, exact=True).check(force=True)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/incidents/\d+/"))
    return page.url


def test_hostile_text_stays_text_everywhere(product, open_browser, axe):
    """Stored markup is shown, not run; the policy would stop it, but it must not even be tried."""
    page = open_browser(product.on_watch("primary")[0])
    evil = '"><img src=x onerror="window.hurt=1"><script>window.hurt=1</script>{{7*7}}'
    here = log_everywhere(page, product, evil, "较急", "单点")
    for path in (here, here + "paper/", product.base + "/", product.base + "/incidents/", product.base + "/trail/"):
        page.goto(path)
        assert page.evaluate("window.hurt") is None
        assert page.locator("main img").count() == 0


def test_a_word_without_an_end_breaks_no_page(product, open_browser):
    """A hundred letters without a space: nothing is wider than the window, and status and time stay in sight."""
    officer = product.on_watch("primary")[0]
    desktop, phone = open_browser(officer), open_browser(officer, width=390)
    here = log_everywhere(desktop, product, "W" * 100, "紧急", "一栋楼").removeprefix(product.base)
    link = link_in(product.mailbox.wait_for(product.person("周敏")[2], "W" * 20))
    pages = [here, f"{here}paper/", f"{here}amend/summary/", f"/trail/{here.split('/')[2]}/", link.removeprefix(product.base),
             "/", "/incidents/", "/trail/", "/calendar/", "/notices/"]  # fmt: skip
    for page in (desktop, phone):
        for path in pages:
            page.goto(product.base + path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.goto(product.base + "/incidents/")
        row = page.locator("tr", has_text="W" * 20).first
        for cell in (row.locator("time"), row.locator(".badge-state").last):
            box = cell.bounding_box()
            assert box["x"] + box["width"] <= page.viewport_size["width"]


READ = {
    "0301": "04:01", "22\uff1a26": "23:26", "11-22 22:26": "23:26", "2026年11月22日 23:26": "00:26", "22.26": "23:26",
    "2026-11-22 2226": "23:26", "2026-11-22T22:26": "23:26", "\uff12\uff12\uff1a\uff12\uff16": "23:26", " 9:05 ": "10:05",
}  # fmt: skip


def test_the_deadline_follows_every_time_the_server_reads(product, open_browser):
    """What `duty/tests/test_moments.py` reads, the script reads too; for the rest it gives minutes and never fails."""
    page = open_browser(product.on_watch("secondary")[0])
    page.goto(product.base + "/incidents/log/")
    page.get_by_role("radio", name="紧急", exact=True).check(force=True)
    page.get_by_role("radio", name="一栋楼", exact=True).check(force=True)
    for typed, due in READ.items():
        page.fill("#id_received_at", typed)
        assert f"{due} 前" in page.inner_text("[data-verdict]"), typed
    for typed in ("2026-11-22 2", "2026-02-30 22:26", "1026-11-22 22:26", "24:00", "22:60", "9", "明天", ""):
        page.fill("#id_received_at", typed)
        assert "60 分钟内" in page.inner_text("[data-verdict]"), typed


def test_the_head_of_a_long_table_stays_in_sight(product, open_browser):
    page = open_browser(product.on_watch("primary")[0])
    page.goto(product.base + "/incidents/")
    page.evaluate("scrollTo({top: 700, behavior: 'instant'})")
    assert page.locator("th").first.bounding_box()["y"] == 0


def test_another_instruction_opens_with_the_cursor_in_it(product, open_browser):
    message = product.mailbox.wait_for(product.person("周敏")[2], "配电室冒烟")
    page = open_browser(width=390, touch=True)
    page.goto(link_in(message))
    assert not page.locator("#id_words").is_visible()
    page.get_by_text("其他指示").tap()
    expect(page.locator("#id_words")).to_be_focused()


def test_the_paper_form_fits_one_a4_page(product, open_browser):
    closed = product.sql("SELECT matter_id FROM incidents_incident WHERE summary = '制冷机房配电柜冒烟'")[0][0]
    page = open_browser(product.on_watch("primary")[0])
    page.goto(f"{product.base}/incidents/{closed}/paper/")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45]\S* 84[12]", pdf)


def test_twenty_four_labels_fill_one_a4_page(product, open_browser):
    page = open_browser(product.person("谢婷")[0])
    page.goto(f"{product.base}/equipment/labels/")
    count = page.locator(".label").count()
    pdf = page.pdf(prefer_css_page_size=True)
    assert count > 24 and len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == -(-count // 24)


def test_an_urgent_notice_appears_on_an_open_page_and_the_engine_banner_when_it_stops(product, open_browser):
    superior = product.person("周敏")
    page = open_browser(superior[0])
    page.goto(product.base + "/calendar/")
    page.wait_for_timeout(5000)
    product.sql(
        "INSERT INTO duty_notice (recipient_id, key, title, text, urgency, needs_acknowledgement, created_at, acknowledged_via) "
        "SELECT id, 'test', '请立即查看', '演练', 'urgent', true, duty_now(), '' FROM duty_person WHERE staff_number = %s",
        superior[0],
    )
    page.get_by_text("请立即查看").wait_for(timeout=10_000)
    product.sql("UPDATE duty_notice SET released_at = duty_now() WHERE key = 'test'")


def test_the_banner_comes_within_thirty_seconds_when_the_engine_dies(product, open_browser):
    page = open_browser(product.on_watch("primary")[0])
    assert page.locator(".banner-late").count() == 0
    supervisor = Supervisor(product.place, [], {})
    for name in ("beat", "worker"):
        supervisor.call("stopProcess", name)
    try:
        page.get_by_text("提醒引擎没有响应").wait_for(timeout=40_000)
        shot(page, "engine-dead")
    finally:
        for name in ("beat", "worker"):
            supervisor.call("startProcess", name)
    page.locator(".banner-late").wait_for(state="detached", timeout=40_000)


def test_the_keyboard_reaches_what_matters(product, open_browser):
    page = open_browser(product.on_watch("primary")[0])
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.wait_for_url("**/incidents/**")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(product.base + "/")
