"""Labels: a QR code for each piece under the product's own name, and the way from the code to the page."""

import re

import pytest

from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def codes(answer) -> list[str]:
    return [piece.code for piece in answer.context["pieces"]]


def test_a_sheet_shows_what_the_filters_find(as_, officer, make_piece, foreign):
    one, _two = make_piece("A-1"), make_piece("A-2", "摄像机", category="cameras")
    client = as_(officer)
    assert codes(client.get("/equipment/labels/")) == ["A-1", "A-2"]
    assert codes(client.get("/equipment/labels/?category=cameras")) == ["A-2"]
    assert codes(client.get(f"/equipment/labels/?piece={one.pk}&piece={foreign.pk}&piece=x")) == ["A-1"]
    html = client.get("/equipment/labels/").content.decode()
    assert html.count("<svg") > 2 and f"{one.tag[:4]} {one.tag[4:]}" in html
    assert not re.search(r"<svg[^>]*style=", html)


def test_the_code_holds_the_name_people_use(as_, officer, piece, settings, monkeypatch):
    drawn = []
    monkeypatch.setattr("equipment.views.labels.qr_of", lambda address: drawn.append(address) or "")
    as_(officer).get("/equipment/labels/")
    settings.PUBLIC_URL, settings.PUBLIC_URL_IS_SET = "https://duty.example.cn", True
    as_(officer).get("/equipment/labels/", headers={"Host": "localhost"})
    assert drawn == [f"http://testserver/t/{piece.tag}/", f"https://duty.example.cn/t/{piece.tag}/"]


def test_the_code_leads_to_the_page_however_it_is_typed(as_, officer, piece):
    client = as_(officer)
    for tag in (piece.tag, piece.tag.lower(), f"{piece.tag[:4]}-{piece.tag[4:]}"):
        assert client.get(f"/t/{tag}/")["Location"] == piece.get_absolute_url()


def test_who_is_not_signed_in_comes_back_to_it(client, piece):
    answer = client.get(f"/t/{piece.tag}/")
    assert answer.status_code == 302 and answer["Location"] == f"/login/?next=/t/{piece.tag}/"


@pytest.mark.parametrize("tag", ["AAAAAAAA", "x", "x" * 300, "<script>", "%27", "长"])
def test_an_unknown_tag_says_so(as_, officer, tag):
    answer = as_(officer).get(f"/t/{tag}/")
    assert answer.status_code == 404 and 'name="q"' in answer.content.decode()
    assert "<script>" not in answer.content.decode().replace("<script type", "")


def test_another_units_tag_is_unknown(as_, outsider, piece):
    assert as_(outsider).get(f"/t/{piece.tag}/").status_code == 404
    assert codes(as_(outsider).get("/equipment/labels/")) == []


def test_a_retired_pieces_label_still_leads_to_it(as_, officer, manager, piece, now):
    piece.retire(now.date(), by=manager, at=now, reason="报废")
    assert Page(as_(officer).get(f"/t/{piece.tag}/", follow=True)).status == 200
