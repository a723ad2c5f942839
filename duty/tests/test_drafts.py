"""What is being typed is kept for the one who types it, within limits."""

import json

import pytest

from duty.models import Draft

pytestmark = pytest.mark.django_db


def save(client, values, form="incident"):
    sent = values if isinstance(values, str) else json.dumps(values)
    return client.post(f"/drafts/{form}/", {"values": sent})


def test_a_draft_is_kept_and_replaced_and_forgotten_when_empty(as_, officer, now):
    client = as_(officer)
    assert save(client, {"summary": "冒烟", "place": "", "scene": None}).json() == {"saved_at": "23:02"}
    draft = Draft.objects.get(person=officer, form="incident")
    assert (draft.values, draft.saved_at) == ({"summary": "冒烟"}, now)
    save(client, {"summary": "明火"})
    assert Draft.objects.get().values == {"summary": "明火"}
    save(client, {"summary": ""})
    assert not Draft.objects.exists()


def test_everyone_writes_their_own_alone(as_, officer, leader):
    save(as_(officer), {"summary": "陈立的"})
    save(as_(leader), {"summary": "何佳的", "person": str(officer.pk)})
    assert {draft.person.name: draft.values["summary"] for draft in Draft.objects.all()} == {
        "陈立": "陈立的", "何佳": "何佳的",
    }  # fmt: skip
    save(as_(leader), {})
    assert Draft.objects.get().person == officer


def test_there_are_limits(as_, officer):
    client = as_(officer)
    assert save(client, {f"f{n}": "x" for n in range(61)}).status_code == 400
    assert save(client, {"summary": "x"}, form="no-such-form").status_code == 404
    assert not Draft.objects.exists()
    save(client, {"n" * 500: "长" * 9000})
    assert {(len(name), len(value)) for name, value in Draft.objects.get().values.items()} == {(60, 4000)}


@pytest.mark.parametrize(
    "values", ["", "{", "[]", "[1]", "3", "null", '"x"', "[" * 100_000, "{}" * 9, '{"a":' * 90_000]
)
def test_what_cannot_be_read_is_refused(as_, officer, values):
    assert save(as_(officer), values).status_code == 400
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "text", ["\0", "a\0b", "\ud800", "<script>", "x" * 4000, {"a": {"b": ["\0"]}}, 1e400, "\udfff长"]
)
def test_hostile_text_is_kept_as_text_or_left_out(as_, officer, text):
    client = as_(officer)
    assert save(client, {"summary": text, "place": "一楼", "na\0me": "x"}).status_code == 200
    assert Draft.objects.get().values["place"] == "一楼"
    assert "\0" not in json.dumps(Draft.objects.get().values, ensure_ascii=False)


def test_only_a_form_saves_one(as_, officer):
    assert as_(officer).get("/drafts/incident/").status_code == 405
