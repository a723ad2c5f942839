"""Translations without a gettext installation: texts out of Python and templates, merged and compiled by Babel."""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template.base import Lexer, TokenType

from duty.env import ROOT

APPS = ("duty", "scheduling", "equipment", "incidents", "reports")
LOCALE = "zh_Hans"
FOLDER = ROOT / "locale" / LOCALE / "LC_MESSAGES"
KEYWORDS = {
    "_": None, "_now": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
Found = tuple[str, int, str | tuple[str, str], str | None]  # file, line, text or (one, many), context

QUOTED = r"""(?:"([^"]*)"|'([^']*)')"""
TRANSLATE = re.compile(rf"^translate\s+{QUOTED}(?:.*?\bcontext\s+{QUOTED})?", re.S)
BLOCK = re.compile(rf"^blocktranslate\b(?:.*?\bcontext\s+{QUOTED})?", re.S)


def texts() -> Iterator[Found]:
    """Every text to be translated, with where it stands."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "tests" in path.parts or "migrations" in path.parts:
                continue
            yield from _of_python(path)
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            yield from _of_template(path)


def _of_python(path: Path) -> Iterator[Found]:
    name = path.relative_to(ROOT).as_posix()
    for line, message, _comments, context in extract_from_file("python", path, KEYWORDS):
        yield name, line, message, context


def _of_template(path: Path) -> Iterator[Found]:
    """As Django's own tags read them: placeholders become %(name)s, percent signs are doubled."""
    name, block = path.relative_to(ROOT).as_posix(), None
    for token in Lexer(path.read_text()).tokenize():
        if block is not None:
            if token.token_type == TokenType.BLOCK and token.contents.startswith("endblocktranslate"):
                one, many, context, line = block
                yield name, line, (one, many) if many is not None else one, context
                block = None
            elif token.token_type == TokenType.BLOCK and token.contents.strip() == "plural":
                block = (block[0], "", block[2], block[3])
            else:
                part = (
                    f"%({token.contents})s" if token.token_type == TokenType.VAR else token.contents.replace("%", "%%")
                )
                one, many, context, line = block
                block = (one + part, None, context, line) if many is None else (one, many + part, context, line)
        elif token.token_type == TokenType.BLOCK:
            if found := TRANSLATE.match(token.contents):
                text = found[1] if found[1] is not None else found[2]
                yield name, token.lineno, text.replace("%", "%%"), found[3] or found[4]
            elif found := BLOCK.match(token.contents):
                block = ("", None, found[1] or found[2], token.lineno)


def template() -> Catalog:
    """The texts of the sources as a catalogue without translations."""
    catalogue = Catalog(
        locale=LOCALE, charset="utf-8", fuzzy=False, project="Zhiban", version="1", copyright_holder="Zhiban"
    )
    for name, _line, message, context in texts():
        catalogue.add(message, locations=[(name, None)], context=context)
    return catalogue


def read() -> Catalog:
    path = FOLDER / "django.po"
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def update() -> tuple[Catalog, list[str]]:
    """Merge the sources into the catalogue and compile it; returns it and the texts still without a translation."""
    fresh, known = template(), read()
    missing = []
    for message in fresh:
        if not message.id:
            continue
        old = known.get(message.id if isinstance(message.id, str) else message.id[0], context=message.context)
        strings = () if old is None else (old.string,) if isinstance(old.string, str) else old.string
        if strings and all(strings):
            message.string = (
                tuple(strings) if message.pluralizable else strings[0]
            )  # also where it was the other before
        else:
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "django.po").open("wb") as file:
        write_po(file, fresh, width=0, sort_output=True, omit_header=False)
    compile_to(FOLDER / "django.mo", fresh)
    return fresh, missing


def compile_to(path: Path, catalogue: Catalog) -> None:
    with path.open("wb") as file:
        write_mo(file, catalogue)
