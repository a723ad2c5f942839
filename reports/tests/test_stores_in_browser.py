"""Supplies and keys as they are used: from an incident on a phone, and at the desk with two people."""

import re

import pytest

from reports.tests.conftest import shot

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def press(page, door: str) -> None:
    """Press the button of the form that leads there, and wait for the answer."""
    with page.expect_navigation():
        page.locator(f'form[action*="/{door}/"] button').last.click()


def test_supplies_are_issued_for_an_incident_on_a_phone_and_come_back(product, open_browser):
    incident = product.sql("SELECT matter_id FROM incidents_incident WHERE status = 'acknowledged'")[0][0]
    supply = product.sql("SELECT matter_id FROM equipment_supply WHERE code = 'WZ-009'")[0][0]
    page = open_browser(product.on_watch("primary")[0], width=390, touch=True)
    page.goto(f"{product.base}/incidents/{incident}/")
    page.locator(f'#taken a[href$="/supplies/?incident={incident}"]').tap()
    page.locator(f'a[href*="/supplies/{supply}/"]').first.tap()
    page.wait_for_url(re.compile(rf"/supplies/{supply}/\?incident={incident}"))
    page.fill("#id_issue-quantity", "99")
    press(page, "issue")
    assert page.locator("#issue .invalid-feedback").first.is_visible()
    assert page.input_value("#id_issue-quantity") == "99"
    page.fill("#id_issue-quantity", "4")
    press(page, "issue")
    assert "6" in page.inner_text(".stock-figure")
    shot(page, "supply-issued")
    page.goto(f"{product.base}/incidents/{incident}/")
    assert "挡水板 1.2 m 4 块" in page.inner_text("#taken")
    page.goto(f"{product.base}/supplies/{supply}/?do=return")
    press(page, "return")
    assert "10" in page.inner_text(".stock-figure")
    told = "SELECT kind, quantity, incident_id FROM equipment_movement WHERE supply_id = %s ORDER BY id DESC LIMIT 2"
    assert product.sql(told, supply) == [("returned", 4, incident), ("issued", 4, incident)]


def test_a_key_goes_out_is_confirmed_by_whoever_took_it_and_is_counted(product, open_browser):
    key, cabinet = product.sql("SELECT matter_id, cabinet_id FROM equipment_key WHERE code = 'YS-04'")[0]
    desk, plumber = open_browser(product.on_watch("secondary")[0]), product.person("魏来")
    desk.goto(f"{product.base}/keys/{key}/?do=issue")
    desk.fill("#id_issue-to", plumber[1])
    desk.fill("#id_issue-purpose", "冷水机组检修")
    press(desk, "issue")
    phone = open_browser(plumber[0], width=390, touch=True)
    phone.goto(f"{product.base}/keys/{key}/")
    press(phone, "confirm")
    assert product.sql("SELECT confirmed_how FROM equipment_loan WHERE key_id = %s", key) == [("own",)]
    desk.goto(f"{product.base}/cabinets/{cabinet}/count/")
    for choice in desk.locator('input[value="present"]').all():
        beside = desk.locator(f'input[name="{choice.get_attribute("name")}"][value="out"]')
        if not beside.count():
            choice.locator("xpath=..").click()
    assert desk.locator(f'input[name="key-{key}"][value="out"]').is_checked()
    shot(desk, "keys-counted")
    with desk.expect_navigation():
        desk.locator(".count-foot button").click()
    assert desk.url.endswith(f"/cabinets/{cabinet}/")
    desk.goto(f"{product.base}/keys/{key}/?do=return")
    press(desk, "return")
    assert product.sql("SELECT count(*) FROM equipment_loan WHERE key_id = %s AND returned_at IS NULL", key) == [(0,)]
