"""A defect from the first photo to the last look: reported on a phone, taken from the message, mended, verified."""

import re

import pytest
from PIL import Image

from reports.tests.conftest import link_in, shot

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def picture(tmp_path, name: str, colour: str):
    Image.new("RGB", (640, 480), colour).save(tmp_path / name)
    return tmp_path / name


def test_reported_on_a_phone_taken_from_the_message_mended_and_verified(product, open_browser, tmp_path):
    officer, maintainer = product.on_watch("primary"), product.person("程亮")
    piece = product.sql("SELECT matter_id FROM equipment_equipment WHERE code = 'DY-01'")[0][0]
    phone = open_browser(officer[0], width=390, touch=True)
    phone.goto(f"{product.base}/equipment/{piece}/")
    phone.get_by_role("link", name="上报故障").tap()
    assert phone.input_value("#id_piece") == "DY-01 高压配电柜"
    phone.fill("#id_what", "柜门异响")
    phone.set_input_files("#id_shot", picture(tmp_path, "现场.jpg", "red"))
    shot(phone, "defect-report")
    phone.get_by_role("button", name="上报").tap()
    phone.get_by_text("已通知维修人员").wait_for()

    message = product.mailbox.wait_for(maintainer[2], "柜门异响")
    assert "高压配电室" in message.get_body(("plain",)).get_content()
    handset = open_browser(width=390, theme="dark", touch=True)
    handset.goto(link_in(message))
    assert handset.locator(".photos img").evaluate("image => image.naturalWidth") > 0
    shot(handset, "defect-answer")
    handset.get_by_role("button", name="接单").tap()
    handset.get_by_text("您已接单").wait_for()

    mender = open_browser(maintainer[0], width=390, touch=True)
    mender.goto(f"{product.base}/defects/mine/")
    mender.get_by_role("link", name="高压配电柜 柜门异响").tap()
    mender.fill("#id_fix-cause", "铰链松动")
    mender.fill("#id_fix-remedy", "紧固并上油")
    mender.get_by_role("button", name="已修复").tap()
    mender.get_by_text("请添加修复后的照片").first.wait_for()
    assert mender.input_value("#id_fix-cause") == "铰链松动"
    mender.set_input_files("#id_fix-shot", picture(tmp_path, "修好.jpg", "green"))
    mender.get_by_role("button", name="已修复").tap()
    mender.get_by_text("请值班人员验收").wait_for()

    desktop = open_browser(officer[0])
    desktop.goto(product.base + "/defects/")
    desktop.get_by_role("link", name="柜门异响").click()
    desktop.get_by_role("button", name="验收通过").click()
    desktop.get_by_text("已验收并关闭").wait_for()
    shot(desktop, "defect-verified")
    assert product.sql(
        "SELECT status, (SELECT count(*) FROM equipment_defectphoto p WHERE p.defect_id = d.matter_id), "
        "(SELECT count(*) FROM duty_deadline l WHERE l.matter_id = d.matter_id AND l.settled_at IS NULL) "
        "FROM equipment_defect d WHERE what = '柜门异响'"
    ) == [("verified", 2, 0)]


def test_the_repair_ticket_fits_one_a4_page(product, open_browser):
    defect = product.sql("SELECT max(defect_id) FROM equipment_callout")[0][0]
    page = open_browser(product.on_watch("primary")[0])
    page.goto(f"{product.base}/defects/{defect}/paper/")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
