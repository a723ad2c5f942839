"""Both languages are complete, and what is compiled is what the sources say."""

import re

from babel.messages.mofile import read_mo

from duty import catalogues

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%[sd]")


def _texts(catalogue):
    return {
        (_plain(message.context), message.id if isinstance(message.id, str) else message.id[0]): message
        for message in catalogue
        if message.id
    }


def test_every_text_of_the_sources_is_translated():
    known = _texts(catalogues.read())
    missing = [
        key
        for key in _texts(catalogues.template())
        if key not in known or not all(_strings(known[key])) or known[key].fuzzy
    ]
    assert not missing, "run `make catalogue` and translate these"


def _strings(message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def test_the_catalogue_holds_nothing_the_sources_no_longer_say():
    assert not set(_texts(catalogues.read())) - set(_texts(catalogues.template()))


def test_the_compiled_catalogue_is_the_written_one():
    with (catalogues.FOLDER / "django.mo").open("rb") as file:
        compiled = _texts(read_mo(file))
    written = _texts(catalogues.read())
    assert {key: _strings(message) for key, message in compiled.items()} == {
        key: _strings(message) for key, message in written.items()
    }


def test_placeholders_survive_translation():
    """Chinese has one form for every number, so that it says what the plural says: “every day” is not every 30 days."""
    wrong = []
    for key, message in _texts(catalogues.read()).items():
        wanted = set(PLACEHOLDER.findall(message.id[-1] if message.pluralizable else message.id))
        wrong += [key for text in _strings(message) if set(PLACEHOLDER.findall(text)) != wanted]
    assert not wrong


def test_translations_are_chinese():
    """A text left in English would pass for translated; these few are the same in both languages."""
    same = {
        "%(who)s: %(said)s — %(what)s",
        "%(what)s: %(said)s",
        "%(weekday)s %(date)s",
        "%(watch)s (%(seat)s)",
        "Excel",
    }
    wrong = [
        key for key, message in _texts(catalogues.read()).items()
        if key[1] not in same and not any(re.search(r"[\u4e00-\u9fff、，]", text) for text in _strings(message))
    ]  # fmt: skip
    assert not wrong


def test_extraction_reads_templates_as_django_does(tmp_path, monkeypatch):
    page = tmp_path / "templates" / "x.html"
    page.parent.mkdir()
    page.write_text(
        '{% translate "Hello" %}{% translate "Close" context "window" as x %}'
        "{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
    )
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    found = [(message, context) for _name, _line, message, context in catalogues.texts()]
    assert found == [("Hello", None), ("Close", "window"), (("%(n)s row", "%(n)s rows"), None)]


def _plain(context):
    """Babel reads a compiled context as bytes."""
    return context.decode() if isinstance(context, bytes) else context


def test_a_translator_under_a_name_of_its_own_is_known_to_the_catalogue():
    """`from … import gettext as _now`: what is extracted by name is not extracted under an unknown one."""
    alias = re.compile(r"from django\.utils\.translation import .*?\bas (\w+)")
    names = {
        name
        for app in catalogues.APPS
        for path in (catalogues.ROOT / app).rglob("*.py")
        for name in alias.findall(path.read_text())
    }
    assert names <= set(catalogues.KEYWORDS), names - set(catalogues.KEYWORDS)
