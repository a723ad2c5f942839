"""What a tired hand gets wrong is told beside the field; nothing typed is lost, nothing is written."""

import pytest
from django.utils.translation import gettext as _

from duty.models import Deadline, Draft, Line, Matter, Notice
from incidents.models import DutyLine, Incident, Level, Nature, Standard
from incidents.models.incidents import Counter
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db
LOG = "/incidents/log/"
CHOICES = {"line", "nature", "level", "urgency", "scope", "disposition"}  # what is not offered cannot be kept

FUTURE = "This lies in the future. Check the date and the time."
OLD = "This is more than a year ago. Check the date."
UNREADABLE = "Write it like 22:26 or 2026-01-31 22:26."
IMPOSSIBLE = "There is no such day or hour. Check it."
AFTER = "It cannot happen after it was reported. Check both times."

WRONG = [
    # what is typed instead, the field it is told beside, what is said ("" is Django's own)
    ({"received_at": ""}, "received_at", ""),
    ({"received_at": "23:03"}, "received_at", FUTURE),
    ({"received_at": "2026-11-23 08:00"}, "received_at", FUTURE),
    ({"received_at": "2106-11-22 22:26"}, "received_at", FUTURE),
    ({"received_at": "9999-12-31 23:59"}, "received_at", IMPOSSIBLE),
    ({"received_at": "2025-11-21 22:26"}, "received_at", OLD),
    ({"received_at": "1949-10-01 15:00"}, "received_at", OLD),
    ({"received_at": "0001-01-01 00:00"}, "received_at", IMPOSSIBLE),
    ({"received_at": "2026-02-30 10:00"}, "received_at", IMPOSSIBLE),
    ({"received_at": "0000-01-01 00:00"}, "received_at", IMPOSSIBLE),
    ({"received_at": "25:61"}, "received_at", IMPOSSIBLE),
    ({"received_at": "刚才"}, "received_at", UNREADABLE),
    ({"received_at": "23:0\x001"}, "received_at", UNREADABLE),
    ({"received_at": "2" * 5000}, "received_at", UNREADABLE),
    ({"event_at": "23:02"}, "event_at", AFTER),
    ({"event_at": "2025-11-21 22:26"}, "event_at", OLD),
    ({"event_at": "1949-10-01 15:00"}, "event_at", OLD),
    ({"event_at": "0001-01-01 00:00"}, "event_at", IMPOSSIBLE),
    ({"event_at": "2106-12-31 23:59"}, "event_at", AFTER),
    ({"event_at": "昨天"}, "event_at", UNREADABLE),
    ({"reporter_name": ""}, "reporter_name", "Write the reporter's name, or choose “not given”."),
    ({"reporter_name": "  　 "}, "reporter_name", "Write the reporter's name, or choose “not given”."),
    ({"reporter_contact": ""}, "reporter_contact", "Write a number to call back, or choose “not given”."),
    ({"reporter_contact": "", "name_not_given": "on"}, "reporter_contact", "Write a number to call back, or choose “not given”."),
    ({"place": ""}, "place", ""),
    ({"place": " \t"}, "place", ""),
    ({"place": "楼" * 101}, "place", ""),
    ({"place": "B座\x00"}, "place", ""),
    ({"summary": ""}, "summary", ""),
    ({"summary": "烟" * 101}, "summary", ""),
    ({"scene": "烟" * 2001}, "scene", ""),
    ({"scene": "烟\x00" }, "scene", ""),
    ({"suggestion": "x" * 301}, "suggestion", ""),
    ({"reporter_name": "张" * 41}, "reporter_name", ""),
    ({"reporter_contact": "1" * 41}, "reporter_contact", ""),
    ({"request_text": "请" * 301}, "request_text", ""),
    ({"urgency": None}, "urgency", "Choose one: the level follows from it."),
    ({"urgency": "0"}, "urgency", ""),
    ({"urgency": "5"}, "urgency", ""),
    ({"urgency": "-1"}, "urgency", ""),
    ({"urgency": "9" * 400}, "urgency", ""),
    ({"urgency": "hoch"}, "urgency", ""),
    ({"scope": None}, "scope", "Choose one: the level follows from it."),
    ({"scope": "5"}, "scope", ""),
    ({"line": "999999"}, "line", ""),
    ({"line": "9" * 400}, "line", ""),
    ({"line": "'; DROP TABLE incidents_incident; --"}, "line", ""),
    ({"line": "\x00"}, "line", ""),
    ({"nature": "999999"}, "nature", ""),
    ({"nature": "abc"}, "nature", ""),
    ({"level": "999999"}, "level", ""),
    ({"level": "\x00"}, "level", ""),
    ({"ring_seconds": "-1"}, "ring_seconds", "Seconds are counted from 0."),
    ({"ring_seconds": "3601"}, "ring_seconds", "That is more than an hour. Give seconds."),
    ({"ring_seconds": "zwölf"}, "ring_seconds", ""),
    ({"ring_seconds": "9" * 5000}, "ring_seconds", ""),
    ({"disposition": "vergessen"}, "disposition", ""),
    ({"disposition": "passed_on", "urgency": "1", "request_text": ""}, "passed_to", "Write to whom it was passed on."),
    ({"disposition": "passed_on", "urgency": None}, "passed_to", "Write to whom it was passed on."),
    ({"urgency": "1", "scope": "1", "request_text": "请授权断电"}, "request_text", ""),
    ({"passed_to": "某" * 61}, "passed_to", ""),
]  # fmt: skip


def nothing_is_written() -> bool:
    mine = Line.objects.filter(verb__startswith="incidents.incident.")
    told = Notice.objects.exists() or Deadline.objects.exists() or Counter.objects.exists()
    return not (Incident.objects.exists() or mine.exists() or told)


@pytest.mark.parametrize("field", sorted({field for _typed, field, _said in WRONG}))
def test_it_is_told_beside_the_field_and_everything_typed_is_kept(call, as_, officer, field):
    client, before = as_(officer), Matter.objects.count()
    for typed, said in [(typed, said) for typed, where, said in WRONG if where == field]:
        values = call(**{"request_text": "请授权断电", "ring_seconds": "7"} | typed)
        page = Page(client.post(LOG, values))
        assert page.status == 422, typed
        assert page.errors.get(field), f"nothing is said beside {field}: {page.errors} {page.alerts}"
        if said:
            assert _(said) in page.errors[field]
        assert set(page.errors) - {"urgency"} == {field} - {"urgency"}, "only where something is wrong"
        assert any(_("Nothing is saved yet. Look at the marked fields.") in alert for alert in page.alerts)
        for name, value in values.items():
            offered = name not in typed or name not in CHOICES
            if offered and "\x00" not in str(value):
                assert page.values.get(name, "").replace("\r\n", "\n") == str(value), name
        assert nothing_is_written() and Matter.objects.count() == before


def test_everything_wrong_at_once_is_told_everywhere(call, as_, officer):
    page = Page(as_(officer).post(LOG, {}))
    assert page.status == 422
    assert {"received_at", "reporter_name", "reporter_contact", "place", "summary", "urgency", "scope"} <= set(
        page.errors
    )
    assert nothing_is_written()


def test_the_line_nature_and_level_of_others_are_refused(call, as_, officer, house, standard):
    elsewhere = DutyLine.objects.create(unit=house["sales"], name="销售热线")
    unused = DutyLine.objects.create(unit=house["ops"], name="旧线", is_active=False)
    old = Nature.objects.create(name="旧类", is_active=False)
    draft = Standard()
    draft.begin(standard, by=officer, at=standard.published_at)
    level = Level.objects.get(standard=draft, rank=2)
    for typed in ({"line": elsewhere.pk}, {"line": unused.pk}, {"nature": old.pk}, {"level": level.pk}):
        page = Page(as_(officer).post(LOG, call(**typed)))
        assert page.status == 422 and page.errors.get(*typed)
    assert nothing_is_written()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{ 7|add:7 }}", "</textarea><b>x"])  # fmt: skip
def test_hostile_text_is_text_on_every_page(call, as_, officer, chief, text):
    client = as_(officer)
    typed = dict.fromkeys(("place", "summary", "scene", "suggestion", "request_text"), text)
    refused = client.post(LOG, call(**typed, urgency=""))
    assert refused.status_code == 422 and Page(refused).values["scene"] == text
    assert client.post(LOG, call(**typed, reporter_name=text[:40])).status_code == 302
    incident = Incident.objects.get()
    assert incident.scene == text and incident.place == text
    Draft.objects.create(person=officer, form="incident", values={"scene": text})
    addresses = [
        "/",
        "/incidents/",
        LOG,
        f"/incidents/{incident.pk}/",
        f"/incidents/{incident.pk}/paper/",
        f"/trail/{incident.pk}/",
    ]
    for address in addresses:
        html = client.get(address).content.decode()
        assert "<img src=x" not in html and "<script>alert" not in html and "</textarea><b>" not in html, address
    assert text in Page(client.get(incident.get_absolute_url())).text


def test_emoji_rare_letters_and_long_lines_are_kept_as_they_are(call, as_, officer):
    text = "🔥𠮷 ﷽ e\u0301 عاجل " + "烟" * 1900
    assert as_(officer).post(LOG, call(summary="🔥🚒 B座", scene=text)).status_code == 302
    incident = Incident.objects.get()
    assert incident.scene == text.strip() and incident.summary == "🔥🚒 B座" and "🔥🚒" in incident.matter.title


def test_what_nobody_can_see_is_not_written_down(call, as_, officer):
    unseen = "\u200b\u202e\ufeff\u2066\u2028"
    answer = as_(officer).post(LOG, call(place=unseen, reporter_name=unseen, summary="冒烟"))
    assert answer.status_code == 422 and set(Page(answer).errors) == {"place", "reporter_name"}
    assert as_(officer).post(LOG, call(summary=f"{unseen}冒{unseen}烟")).status_code == 302
    assert Incident.objects.get().summary == "冒烟"


def test_ten_megabytes_are_refused_without_falling_over(call, as_, officer):
    answer = as_(officer).post(LOG, call(scene="烟" * 3_500_000))
    assert answer.status_code in (400, 413, 422)
    assert nothing_is_written()


def test_a_field_sent_many_times_or_never_is_no_accident(call, as_, officer):
    answer = as_(officer).post(LOG, call(urgency=["3", "4"], line=["", "abc"], unheard_of="x" * 1000))
    assert answer.status_code == 422
    assert (
        as_(officer).post(LOG, b"\xff\xfe%%%=&&", content_type="application/x-www-form-urlencoded").status_code == 422
    )
    assert as_(officer).post(LOG, b"not a form", content_type="text/plain").status_code == 422
    assert nothing_is_written()
