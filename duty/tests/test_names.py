"""Names in the order people look for them, and numbers with their middle hidden."""

import pytest

from conftest import make_person
from duty.models import Person
from duty.names import masked, sort_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("陈立", "chen li"),
        ("吕布", "lv bu"),
        ("O'Neil 王", "o'neil  wang"),
        ("", ""),
        ("  何佳 ", "he jia"),
        ("A-1", "a-1"),
    ],
)
def test_chinese_names_are_put_in_order_by_their_sound(name, key):
    assert sort_key(name) == key


def test_the_longest_name_fits_its_column():
    assert len(sort_key("庄" * 40)) <= Person._meta.get_field("name_sort").max_length


@pytest.mark.django_db
def test_people_stand_in_the_order_of_pinyin(house):
    for name in ("周敏", "Bob", "陈立", "安娜", "何佳"):
        make_person(name, house["ops"])
    assert list(Person.objects.values_list("name", flat=True)) == ["安娜", "Bob", "陈立", "何佳", "周敏"]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["陈立", "立", "chen", "chen li", "chenli", "CHENL", "t-77", " 陈 "])
def test_someone_is_found_by_name_sound_or_number(house, words):
    person = make_person("陈立", house["ops"], staff_number="T-7788")
    make_person("何佳", house["ops"], staff_number="X-7788")
    assert list(Person.objects.found_by(words)) == [person]


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "长" * 5000, "‮", "{}", "%s"])
def test_words_are_taken_as_they_are(house, words):
    make_person("陈立", house["ops"])
    assert not Person.objects.found_by(words).exists()


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800138000", "138****8000"),
        (" 138 0013 8000 ", "138****8000"),
        ("+86 138 0013 8000", "+86****8000"),
        ("010 6110 0000", "010****0000"),
        ("61101234", "61****34"),
        ("6110123", "6****23"),
        ("611012", "******"),
        ("6110", "****"),
        ("", ""),
    ],
)
def test_a_masked_number_hides_at_least_four_places(number, shown):
    assert masked(number) == shown
