"""A checklist is made, published and planned in a browser, by a safety officer who was told nothing."""

import re

import pytest
from playwright.sync_api import expect

from reports.tests.conftest import shot

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def write(page, **fields) -> None:
    for name, value in fields.items():
        page.fill(f"#id_{name}", value)


def kind(page, said: str) -> None:
    page.locator(".kinds label", has_text=said).click()


def test_a_checklist_is_made_published_planned_and_its_rounds_lie_ahead(product, open_browser):
    page = open_browser(product.person("谢婷")[0])
    page.goto(product.base + "/checklists/")
    page.get_by_role("link", name="新建清单").first.click()
    page.fill("#id_name", "UPS 夜巡")
    page.select_option("#id_unit", label="集团总部")
    page.get_by_role("button", name="保存并继续").click()

    # A UPS: its state, a number with limits, a choice of which one is abnormal, and what is asked if it is
    page.fill('[name="stop"]', "DY-02")
    page.get_by_role("button", name="添加", exact=True).first.click()
    write(page, question="指示灯", method="看面板左侧三盏灯")
    assert page.locator("#id_normal_low").is_hidden() and page.locator('[name="choices"]').first.is_hidden()
    page.get_by_role("button", name="保存并继续新增").click()
    kind(page, "数值")
    write(page, question="输出电压", measure="V", normal_low="230", normal_high="210")
    page.keyboard.press("Control+Enter")
    page.locator("#error-normal_high").wait_for()
    assert page.input_value("#id_question") == "输出电压"
    write(page, normal_low="210", normal_high="230", alarm_low="200", alarm_high="240")
    page.get_by_role("button", name="保存并继续新增").click()
    kind(page, "单选")
    write(page, question="运行方式")
    for number, said in enumerate(("市电", "电池", "旁路", "检修旁路", "关机")):
        page.locator('[name="choices"]').nth(number).fill(said)  # a line more appears as the last one is written in
    page.locator('[name="choices_bad"]').nth(1).check()
    page.locator('[name="choices_bad"]').nth(4).check()
    page.get_by_role("button", name="保存并添加追问").click()
    write(page, question="何时转为电池供电")
    assert page.input_value("#id_when") == "abnormal"
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(re.compile(r"/edit/"))
    shot(page, "checklist-draft")

    # The short line, then the new item dragged to the front
    page.locator('.quick [name="question"]').fill("有无异响")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("-more$"))
    expect(page.locator('.quick [name="question"]')).to_be_focused()
    told = "[data-items]:not(.follows) > [data-item] > .asked-question"
    assert page.locator(told).all_inner_texts() == ["指示灯", "输出电压", "运行方式", "有无异响"]
    grip = page.locator("[data-item] > [data-grip]").last.bounding_box()
    first = page.locator("[data-item]").first.bounding_box()
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(first["x"] + 20, first["y"] + 4, steps=12)
    with page.expect_response(re.compile("/arrange/")) as kept:
        page.mouse.up()
    assert kept.value.ok
    page.reload()
    assert page.locator(told).first.inner_text() == "有无异响"

    # Leaving with typed words is asked about
    page.locator("[data-item] .asked-question a").first.click()
    page.fill("#id_question", "有无异响和异味")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="v1").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"] and page.input_value("#id_question") == "有无异响和异味"
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/edit/"))

    # As it is walked: the follow-up appears upon the abnormal answer
    page.get_by_role("link", name="预览").click()
    follow = page.get_by_text("何时转为电池供电")
    assert follow.is_hidden()
    page.locator(".try-choices label", has_text="电池").click()
    assert follow.is_visible()
    page.go_back()

    page.get_by_role("link", name="发布").click()
    page.fill("#id_note", "首版")
    page.get_by_role("button", name="发布", exact=True).click()
    page.wait_for_url(re.compile(r"/checklists/\d+/$"))
    assert "210 – 230 V" in page.inner_text("main") and "何时转为电池供电" in page.inner_text("main")

    # A plan: only the fields of its rhythm, the next ten before anything is saved
    page.get_by_role("link", name="新建计划").click()
    page.locator(".rhythms label", has_text="每周").click()
    assert page.locator("#id_every_hours").is_hidden()
    for day in ("周一", "周四"):
        page.locator(".days label", has_text=day).click()
    page.locator(".rhythms label", has_text="每天定时").click()
    assert page.locator(".days").is_hidden()
    page.select_option("#id_post", label="总值班室")
    page.fill("#id_times", "08:00, 08:30, 20:00")
    page.locator(".ahead time").nth(9).wait_for()
    assert page.locator(".plan-side .alert-warning", has_text="重叠").is_visible()
    page.fill("#id_times", "08:00, 20:00")
    page.locator(".plan-side .alert-warning", has_text="重叠").wait_for(state="detached")
    shot(page, "plan-form")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(re.compile(r"/plans/\d+/$"))
    assert page.locator(".at-1 .item").count() >= 2
    shot(page, "plan")


def test_the_vital_path_needs_no_script(product, chromium):
    """A checklist from nothing to published, with scripts switched off."""
    from duty.sample import PASSWORD

    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(product.base + "/login/")
    page.fill("#id_username", product.person("谢婷")[0])
    page.fill("#id_password", PASSWORD)
    page.click("button.primary")
    page.goto(product.base + "/checklists/new/")
    page.fill("#id_name", "无脚本清单")
    page.select_option("#id_unit", label="集团总部")
    page.get_by_role("button", name="保存并继续").click()
    page.fill('[name="stop"]', "DY-02")
    page.get_by_role("button", name="带入全部读数项").click()
    kept = page.locator("[data-item]").count()
    assert kept > 0
    page.locator('.quick [name="question"]').fill("指示灯")
    page.locator(".quick button").click()
    assert page.locator("[data-item]").count() == kept + 1
    page.locator('[data-item] button[value="-1"]').last.click()
    page.locator("[data-item] .dots summary").last.click()
    page.locator("[data-item] .dots[open]").get_by_role("button", name="去掉").click()
    assert page.locator("[data-item]").count() == kept
    page.get_by_role("link", name="发布").click()
    page.fill("#id_note", "首版")
    page.get_by_role("button", name="发布", exact=True).click()
    assert "生效" in page.inner_text("main")
    context.close()
