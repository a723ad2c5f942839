"""Layers point down, one clock, no page loads from outside: what a reviewer would otherwise have to watch."""

import ast
import re
from pathlib import Path

import pytest

from duty.env import ROOT

LAYERS = ("duty", "scheduling", "equipment", "incidents", "reports")
NAMED_FOR_NOTHING = {"services.py", "selectors.py", "utils.py", "helpers.py", "common.py", "misc.py"}
OTHER_CLOCKS = {
    ("timezone", "now"), ("timezone", "localtime"), ("timezone", "localdate"), ("datetime", "now"), ("datetime", "today"),
    ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("functions", "Now"),
}  # fmt: skip
LONGEST = 300


def sources(app: str, tests: bool = False) -> list[Path]:
    found = [path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    return found if tests else [path for path in found if "tests" not in path.parts]


def imports(path: Path):
    """Every module imported anywhere in the file, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


@pytest.mark.parametrize("app", LAYERS)
def test_an_app_imports_only_from_itself_and_from_below(app):
    above = LAYERS[LAYERS.index(app) + 1 :]
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources(app)
        for module in imports(path)
        if module.split(".")[0] in above
    ]
    assert not wrong


def test_the_import_rule_sees_a_function_local_import(tmp_path):
    file = tmp_path / "x.py"
    file.write_text("def f():\n    from incidents.models import Incident\n")
    assert list(imports(file)) == ["incidents.models"]


def test_the_kernels_settings_and_urls_name_the_apps_only_as_strings():
    for name in ("settings.py", "urls.py"):
        modules = set(imports(ROOT / "duty" / name))
        assert not any(module.split(".")[0] in LAYERS[1:] for module in modules)


def test_hooks_are_imported_by_ready_alone():
    wrong = [
        f"{path.relative_to(ROOT)}"
        for app in LAYERS
        for path in sources(app)
        if path.name != "apps.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and ((node.module or "").endswith("hooks") or any(a.name == "hooks" for a in node.names))
    ]
    assert not wrong


def test_there_is_one_clock():
    """`duty_now()` decides; monotonic time for pauses is no clock. The launcher runs before there is a database."""
    wrong = []
    for app in LAYERS:
        for path in sources(app):
            if "run" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Attribute)
                    and (getattr(node.value, "id", getattr(node.value, "attr", "")), node.attr) in OTHER_CLOCKS
                ):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.attr}")
                if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.value.lineno} {node.arg}")
    assert not wrong


def test_files_are_named_for_concepts_and_read_in_one_sitting():
    wrong = [
        str(p.relative_to(ROOT)) for app in LAYERS for p in sources(app, tests=True) if p.name in NAMED_FOR_NOTHING
    ]
    wrong += [
        f"{path.relative_to(ROOT)} has {lines} lines"
        for app in LAYERS
        for path in sources(app)
        if (lines := len(path.read_text().splitlines())) > LONGEST
    ]
    assert not wrong


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def test_templates_hold_no_inline_style_or_script():
    forbidden = re.compile(r'\sstyle="|<style|<script(?![^>]*\bsrc=)|\son[a-z]+="|javascript:')
    assert not [path.name for path in templates() if forbidden.search(path.read_text())]


def test_nothing_loads_from_outside():
    outside = re.compile(
        r"""(src|href)=["']https?://|@import\s+url\(["']?https?:|url\(["']?https?:|import\s+.*["']https?:"""
    )
    files = [*templates(), *(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    assert not [str(path.relative_to(ROOT)) for path in files if outside.search(path.read_text())]


def test_every_post_form_counts_once_or_says_why_not():
    """Forms that only sign someone in or out, or change this browser's looks, are harmless twice."""
    harmless = {"login.html", "switch.html", "password.html", "_tools.html", "_bare_tools.html"}
    forms = re.compile(r'<form[^>]*method="post".*?</form>', re.S)
    wrong = [
        f"{path.name}: {form[:60]}"
        for path in templates()
        if path.name not in harmless
        for form in forms.findall(path.read_text())
        if "{% once %}" not in form or "{% csrf_token %}" not in form
    ]
    assert not wrong
