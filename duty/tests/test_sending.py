"""The outbox on its way out, to a real mail server: each once, none lost, none blocked by another."""

import datetime as dt
import socket
import time

import pytest
from django.db import connection, transaction

from conftest import make_person
from duty import sending
from duty.celery import app
from duty.clock import duty_now
from duty.models import Delivery, Matter, Notice, Person
from duty.sending import ATTEMPTS, Broker, recover_lost, see_to_outbox, send_waiting
from duty.telling import tell
from duty.tests.threads import together

MINUTE, SECOND = dt.timedelta(minutes=1), dt.timedelta(seconds=1)


def write(person, title="配电室冒烟", text="B 座地下一层", key="", **more) -> Delivery:
    tell([person.pk], key or f"test:{title}", lambda: (title, text), at=duty_now(), **more)
    return Delivery.objects.latest("id")


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


# One message


@pytest.mark.django_db
def test_a_mail_arrives_with_both_parts_one_link_and_its_own_number(mailbox, officer, now):
    delivery = write(officer, "配电室\n冒烟 <b>", "第一行\n<script>第二行", urgent=True)
    assert send_waiting() == 1
    mail = mailbox.messages[0]
    assert (mail["To"], mail["Subject"]) == (officer.mail, "配电室 冒烟 <b>")
    assert mail["Message-ID"] == f"<notice-{delivery.notice_id}@localhost>"
    assert (mail["Auto-Submitted"], mail["X-Priority"]) == ("auto-generated", "1")
    plain = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert "第一行" in plain and "<script>第二行" in plain and "<script>" not in html
    assert plain.count("https://duty.example.cn/n/") == 1
    link = plain.split("https://duty.example.cn")[1].split()[0]
    assert f'href="https://duty.example.cn{link}"' in html
    delivery.refresh_from_db()
    assert (delivery.state, delivery.sent_at, delivery.reference, delivery.error) == (
        "sent", now, mail["Message-ID"], "",
    )  # fmt: skip


@pytest.mark.django_db
def test_the_mail_speaks_its_readers_language(mailbox, officer, chief, settings):
    Person.objects.filter(pk=chief.pk).update(language="en")
    for person in (officer, chief):
        write(person, key=f"k{person.pk}")
    send_waiting()
    english, chinese = (mailbox.to(who)[0].get_body(("plain",)).get_content() for who in (chief, officer))
    assert "for 周敏 alone" in english and "alone" not in chinese


@pytest.mark.django_db
def test_someone_without_an_address_is_told_on_the_screen_by_their_deputy_only(house, officer):
    silent = make_person("无邮箱", house["ops"], mail="", deputy=officer)
    assert [person.name for person in tell([silent.pk], "k", lambda: ("看", ""), at=duty_now())] == ["陈立"]
    assert Delivery.objects.get().notice.recipient == officer


@pytest.mark.django_db
def test_the_same_thing_is_told_once(officer):
    for _ in range(3):
        write(officer)
    assert Notice.objects.count() == Delivery.objects.count() == 1


# What goes wrong


@pytest.mark.django_db
def test_a_recipient_the_server_refuses_for_good_fails_and_the_others_go(mailbox, officer, chief, leader):
    for person in (officer, chief, leader):
        write(person, key=f"k{person.pk}")
    mailbox.refuse[chief.mail] = "550 no such mailbox"
    assert send_waiting() == 2
    assert states() == ["sent", "failed", "sent"]
    assert "550" in Delivery.objects.get(state="failed").error
    assert send_waiting() == 0


@pytest.mark.django_db
def test_a_recipient_the_server_puts_off_is_tried_again_later_and_later(mailbox, officer, now, clock):
    write(officer)
    mailbox.refuse[officer.mail] = "451 greylisted"
    tries = []
    for seconds in range(0, 260, 5):
        clock(now + seconds * SECOND)
        before = Delivery.objects.get().attempts
        send_waiting()
        if Delivery.objects.get().attempts > before:
            tries.append(seconds)
    assert tries == [0, 10, 30, 70, 130, 250]
    mailbox.refuse.clear()
    clock(now + 60 * MINUTE)
    assert send_waiting() == 1 and states() == ["sent"]


@pytest.mark.django_db
def test_a_server_that_is_down_loses_nothing(mailbox, officer, chief, now, clock):
    for n in range(30):
        write(officer if n % 2 else chief, f"第{n}件")
    mailbox.close()
    assert send_waiting() == 0
    assert set(states()) == {"queued"}
    assert "ConnectionRefused" in Delivery.objects.earliest("id").error
    clock(now + 11 * SECOND)
    mailbox.open()
    assert send_waiting() == 30
    assert len(mailbox.messages) == 30 == len({mail["Message-ID"] for mail in mailbox.messages})


@pytest.mark.django_db
def test_it_is_given_up_after_hours_and_said_so(mailbox, officer, now):
    delivery = write(officer)
    mailbox.close()
    Delivery.objects.filter(pk=delivery.pk).update(attempts=ATTEMPTS - 1)
    send_waiting()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_try_at, delivery.attempts) == ("failed", None, ATTEMPTS)


@pytest.mark.django_db
def test_a_line_that_breaks_in_the_act_loses_nothing_and_stops_nothing(mailbox, officer, now, clock):
    for n in range(5):
        write(officer, f"第{n}件")
    mailbox.before = lambda mail: "hang up" if "第1件" in mail["Subject"] else None
    send_waiting()
    assert [mail["Subject"] for mail in mailbox.messages] == ["第0件", "第2件", "第3件", "第4件"]
    assert states() == ["sent", "queued", "sent", "sent", "sent"]
    mailbox.before = lambda mail: None
    clock(now + 11 * SECOND)
    assert send_waiting() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["a@b@c", "a\nBcc: evil@example.cn", "@", "a@" + "长" * 200])
def test_an_address_that_is_none_fails_alone(mailbox, officer, chief, now, clock, address):
    Person.objects.filter(pk=officer.pk).update(mail=address)  # past every form
    write(officer, key="bad")
    for n in range(3):
        write(chief, f"第{n}件")
    send_waiting()
    clock(now + 11 * SECOND)
    send_waiting()
    assert [mail["Subject"] for mail in mailbox.to(chief)] == ["第0件", "第1件", "第2件"]
    assert Delivery.objects.get(notice__key="bad").state == "failed"
    assert not any("evil" in str(mail["Bcc"]) for mail in mailbox.messages)


@pytest.mark.django_db
def test_a_message_that_cannot_be_made_fails_alone(mailbox, officer, chief, house):
    gone = Matter.objects.create(kind="gone.thing", unit=house["ops"], title="旧事")
    write(officer, "旧事", matter_id=gone.pk)
    write(chief, "新事", key="k")
    assert send_waiting() == 1
    bad = Delivery.objects.get(notice__matter=gone)
    assert bad.state in ("queued", "failed") and "gone" in bad.error
    assert mailbox.to(chief)


@pytest.mark.django_db
def test_a_sender_that_died_is_followed_by_another_after_half_a_minute_with_the_same_number(
    mailbox, officer, now, clock
):
    """It died after the server had the message and before that was noted: the reader's program sees one message."""
    delivery = write(officer)
    send_waiting()
    Delivery.objects.filter(pk=delivery.pk).update(state="sending", claimed_at=now, sent_at=None)
    clock(now + 30 * SECOND)
    assert recover_lost() == 0 and send_waiting() == 0
    clock(now + 31 * SECOND)
    assert recover_lost() == 1 and send_waiting() == 1
    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 2)


@pytest.mark.django_db(transaction=True)
def test_a_slow_sender_does_not_send_what_another_took_over(mailbox, officer, monkeypatch):
    """Ten messages claimed at once, the first takes more than half a minute: the rest are given back and sent by another."""
    for n in range(10):
        write(officer, f"第{n}件")

    def another_takes_over():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE duty_delivery SET claimed_at = claimed_at - interval '31 seconds'")
        return recover_lost(), len(sending._claim(sending.CHANNELS["mail"]))

    def before(mail):
        if not taken:
            taken.extend(together(another_takes_over))

    taken = []
    mailbox.before = before
    monkeypatch.setattr(sending, "SURE_SECONDS", 0)
    send_waiting()
    assert taken == [(10, 10)]
    assert [mail["Subject"] for mail in mailbox.messages] == ["第0件"], "the others are someone else's now"
    assert states().count("sending") == 9


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_message_once(mailbox, officer):
    for n in range(120):
        write(officer, f"第{n}件")
    shares = together(send_waiting, send_waiting)
    assert sum(shares) == 120 and min(shares) > 0
    assert len(mailbox.messages) == 120 == len({mail["Message-ID"] for mail in mailbox.messages})
    assert set(states()) == {"sent"}


# Who sends


@pytest.fixture
def broker(monkeypatch):
    """A fresh memory of the broker, and a way to take it away."""
    monkeypatch.setattr(Broker, "paused_until", 0.0)

    def gone():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            nowhere = f"redis://127.0.0.1:{probe.getsockname()[1]}/0"
        monkeypatch.setitem(app.conf, "broker_write_url", nowhere)
        app.pool.force_close_all()
        monkeypatch.setattr(app, "_pool", None)
        monkeypatch.setattr(app.amqp, "_producer_pool", None)

    yield gone
    app.amqp._producer_pool = None


@pytest.mark.django_db
def test_fresh_mail_is_left_to_a_worker_and_old_mail_is_sent_from_the_lane(mailbox, broker, officer, now, clock):
    write(officer)
    assert see_to_outbox() == 0 and not mailbox.messages
    clock(now + 6 * SECOND)
    assert see_to_outbox() == 1 and len(mailbox.messages) == 1


@pytest.mark.django_db
def test_without_the_broker_the_lane_sends_at_once_and_leaves_it_alone_for_a_while(mailbox, broker, officer):
    broker()
    write(officer)
    began = time.monotonic()
    assert see_to_outbox() == 1 and len(mailbox.messages) == 1
    assert time.monotonic() - began < 3
    assert Broker.paused_until > 0
    assert not Broker.asks_a_worker()


@pytest.mark.django_db
def test_with_nothing_to_send_nobody_is_asked(mailbox, broker):
    assert see_to_outbox() == 0 and Broker.paused_until == 0
