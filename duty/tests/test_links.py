"""Links in messages: signed for one person and one notice; following one changes nothing."""

import datetime as dt

import pytest
from django.core import signing
from django.test import Client

from duty.links import GOOD_FOR, SALT, answer_link, read_token, token_for
from duty.models import Notice, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(officer, now):
    return Notice.objects.create(
        recipient=officer, key="k", title="请看 <b>", text="两行\n<script>x</script>", needs_acknowledgement=True
    )


def address(notice, recipient=None) -> str:
    return f"/n/{token_for(notice.pk, recipient or notice.recipient_id)}/"


def made_ago(span: dt.timedelta, notice) -> str:
    class Earlier(signing.TimestampSigner):
        def timestamp(self):
            return signing.b62_encode(int(signing.b62_decode(super().timestamp()) - span.total_seconds()))

    signer = Earlier(salt=SALT)
    return signer.sign_object([notice.pk, notice.recipient_id], compress=False)


def test_following_a_link_changes_nothing_and_a_button_acknowledges(notice, now):
    client = Client()
    for _ in range(3):
        page = client.get(address(notice))
        assert page.status_code == 200 and "<script>x" not in page.content.decode()
        client.head(address(notice))
    notice.refresh_from_db()
    assert (notice.acknowledged_at, notice.seen_at) == (None, None)
    answer = client.post(address(notice))
    assert (answer.status_code, answer["Location"]) == (302, address(notice))
    notice.refresh_from_db()
    assert (notice.acknowledged_at, notice.acknowledged_via) == (now, "link")


def test_a_second_press_keeps_the_first_time(notice, now, clock):
    Client().post(address(notice))
    clock(now + dt.timedelta(minutes=5))
    Client().post(address(notice))
    notice.refresh_from_db()
    assert notice.acknowledged_at == now
    assert "button" not in Client().get(address(notice)).content.decode().split("<main")[1].split("</main>")[0]


def test_a_link_signs_nobody_in(notice, officer):
    client = Client()
    client.post(address(notice))
    assert client.get("/notices/").status_code == 302


def test_in_the_hands_of_someone_else_who_is_signed_in_it_only_shows(notice, as_, officer, leader, now):
    page = as_(leader).get(address(notice)).content.decode().split("<main")[1].split("</main>")[0]
    assert notice.text[:2] in page and officer.name in page and leader.name in page and "button" not in page
    assert as_(leader).post(address(notice)).status_code == 403
    notice.refresh_from_db()
    assert notice.acknowledged_at is None
    assert as_(officer).post(address(notice)).status_code == 302
    notice.refresh_from_db()
    assert notice.acknowledged_at == now


@pytest.mark.parametrize("break_it", [
    lambda t: t[:-1] + ("a" if t[-1] != "a" else "b"), lambda t: "x" + t, lambda t: t.split(":")[0], lambda t: t + ":" + t,
    lambda t: "", lambda t: "长" * 50, lambda t: "%00", lambda t: ":::", lambda t: "a" * 5000,
])  # fmt: skip
def test_a_forged_link_is_an_old_link(notice, break_it):
    token = break_it(token_for(notice.pk, notice.recipient_id))
    for ask in (Client().get, Client().post):
        assert ask(f"/n/{token}/").status_code in (400, 404, 410)
    notice.refresh_from_db()
    assert notice.acknowledged_at is None


def test_a_signature_made_for_something_else_does_not_fit(notice):
    other = signing.dumps([notice.pk, notice.recipient_id], salt="duty.other")
    assert read_token(other) is None
    for content in ([notice.pk], [1, 2, 3], {"a": 1}, "x", ["a", "b"], None):
        assert read_token(signing.dumps(content, salt=SALT)) is None


def test_a_link_made_for_another_person_is_none(notice, leader):
    assert Client().post(address(notice, leader.pk)).status_code == 410
    notice.refresh_from_db()
    assert notice.acknowledged_at is None


def test_a_link_works_for_seven_days(notice):
    assert Client().get(f"/n/{made_ago(GOOD_FOR - dt.timedelta(minutes=1), notice)}/").status_code == 200
    old = Client().get(f"/n/{made_ago(GOOD_FOR + dt.timedelta(minutes=1), notice)}/")
    assert old.status_code == 410 and "/notices/" in old.content.decode()


def test_a_leavers_link_is_dead(notice, officer, now):
    Person.objects.filter(pk=officer.pk).update(employed_until=now.date() - dt.timedelta(days=2))
    assert Client().get(address(notice)).status_code == 410


def test_a_link_is_absolute_and_leads_to_its_notice(notice, officer, settings):
    settings.PUBLIC_URL = "https://duty.example.cn"
    link = answer_link(notice.pk, officer.pk, "k", None)
    assert link.startswith("https://duty.example.cn/n/")
    assert Client().get(link.removeprefix("https://duty.example.cn")).context["notice"] == notice


def test_the_page_is_kept_by_no_cache(notice):
    assert "no-store" in Client().get(address(notice))["Cache-Control"]


def test_a_button_that_another_site_presses_is_none(notice):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address(notice), headers={"origin": "https://evil.example"}).status_code == 403
    notice.refresh_from_db()
    assert notice.acknowledged_at is None


# What I was told, on the screen


def tell(person, n: int, **more) -> Notice:
    return Notice.objects.create(recipient=person, key=f"n{n}", title=f"通知{n}", **more)


def test_my_notices_show_mine_newest_first_and_note_that_i_saw_them(as_, officer, leader, now):
    mine = [tell(officer, n) for n in range(3)]
    other = tell(leader, 9)
    page = as_(officer).get("/notices/")
    assert [notice.pk for notice in page.context["page"]] == [notice.pk for notice in reversed(mine)]
    assert set(Notice.objects.to(officer).values_list("seen_at", flat=True)) == {now}
    other.refresh_from_db()
    assert other.seen_at is None and "通知9" not in page.content.decode()


def test_the_time_i_saw_it_first_is_kept(as_, officer, now, clock):
    tell(officer, 1)
    as_(officer).get("/notices/")
    clock(now + dt.timedelta(hours=1))
    as_(officer).get("/notices/")
    assert Notice.objects.get().seen_at == now


def test_waiting_ones_are_those_nobody_has_answered(as_, officer, now):
    asks = tell(officer, 1, needs_acknowledgement=True)
    tell(officer, 2, needs_acknowledgement=True, acknowledged_at=now)
    tell(officer, 3, needs_acknowledgement=True, released_at=now)
    tell(officer, 4)
    client = as_(officer)
    assert [n.pk for n in client.get("/notices/?show=waiting").context["page"]] == [asks.pk]
    assert client.get("/me/").context["waiting"] == 1


def test_acknowledging_on_the_page_is_mine_alone(as_, officer, leader, now):
    mine, other = tell(officer, 1, needs_acknowledgement=True), tell(leader, 2)
    client = as_(officer)
    assert client.post(f"/notices/{mine.pk}/acknowledge/")["Location"] == "/notices/"
    assert client.post(f"/notices/{other.pk}/acknowledge/").status_code == 404
    assert client.get(f"/notices/{mine.pk}/acknowledge/").status_code == 405
    mine.refresh_from_db(), other.refresh_from_db()
    assert (mine.acknowledged_at, mine.acknowledged_via, other.acknowledged_at) == (now, "page", None)


# What a page asks every few seconds


def test_the_live_answer_changes_when_something_happens_and_only_then(as_, officer, now, promises, house):
    from duty.models import Delivery, Line
    from duty.sweeping import sweep

    client = as_(officer)

    def stamp() -> str:
        return client.get("/live/").json()["stamp"]

    before = stamp()
    assert stamp() == before
    Line.objects.trace("duty.person.signed_in", by=officer, at=now)
    traced = stamp()
    promises.make(house["ops"], now)
    sweep()
    fired = stamp()
    Delivery.objects.update(state="sent", sent_at=now)
    sent = stamp()
    assert len({before, traced, fired, sent}) == 4


def test_the_live_answer_tells_my_urgent_notices_alone(as_, officer, leader, now):
    urgent = tell(officer, 1, urgency="urgent", needs_acknowledgement=True)
    tell(officer, 2, urgency="urgent", needs_acknowledgement=True, released_at=now)
    tell(officer, 3, needs_acknowledgement=True)
    tell(officer, 4, urgency="urgent")
    tell(leader, 5, urgency="urgent", needs_acknowledgement=True)
    answer = as_(officer).get("/live/")
    assert answer["Cache-Control"].count("no-store") == 1
    assert answer.json()["urgent"] == [{"id": urgent.pk, "title": "通知1", "text": "", "url": "/notices/"}]
    assert dt.datetime.fromisoformat(answer.json()["at"]) == now


def test_the_live_answer_is_cheap(as_, officer, django_assert_max_num_queries):
    client = as_(officer)
    client.get("/live/")
    with django_assert_max_num_queries(6):
        client.get("/live/")


def test_the_live_answer_is_for_those_who_signed_in(house):
    assert Client().get("/live/").status_code == 302
