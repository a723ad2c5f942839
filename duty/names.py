"""Chinese names in the order people look for them: by pinyin, since the database has no ICU to sort with."""

from pypinyin import Style, lazy_pinyin


def sort_key(name: str) -> str:
    """`陈立` → `chen li`; Latin letters stay as they are, lower-cased."""
    return " ".join(lazy_pinyin(name.strip(), style=Style.NORMAL)).lower()[:120]


def masked(number: str) -> str:
    """A phone number with its middle hidden, four places at least: `13800138000` → `138****8000`."""
    digits = number.strip()
    if len(digits) < 7:
        return "*" * len(digits)
    shown = len(digits) - 4
    head = min(3, shown // 2)
    return f"{digits[:head]}****{digits[-min(4, shown - head) :]}"
