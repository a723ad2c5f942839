"""What a defect's messages say, in the recipient's language: short enough for a phone's lock screen."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from duty.clock import local

Write = Callable[[], tuple[str, str]]


def facts(defect) -> str:
    """Where, since when, found by whom with their number; what is normal there; what else was written."""
    finder = defect.found_by
    found = _("Found %(time)s by %(name)s") % {"time": f"{local(defect.found_at):%m-%d %H:%M}", "name": finder.name}
    read = defect.answers.select_related("item").filter(number__isnull=False).order_by("-answered_at").first()
    normal = _("Normal there: %(range)s") % {"range": read.item.normal} if read and read.item.normal else ""
    lines = [defect.where, " ".join(filter(None, [found, finder.mobile])), normal, defect.detail]
    return "\n".join(filter(None, lines))


def _said(defect, by, words: str, more: str = "") -> tuple[str, str]:
    values = {"name": by.name if by else "", "defect": defect.title}
    return words % values, "\n".join(filter(None, [more, facts(defect)]))


def assigned(defect, by) -> Write:
    return lambda: _said(defect, by, _("%(name)s gave it to you: %(defect)s"))


def learnt(defect, by) -> Write:
    return lambda: _said(defect, by, _("%(name)s wrote more of it: %(defect)s"))


def fixed(defect, by) -> Write:
    return lambda: _said(defect, by, _("Mended, please verify: %(defect)s"), defect.remedy)


def verified(defect, by) -> Write:
    return lambda: _said(defect, by, _("%(name)s has verified your repair: %(defect)s"))


def sent_back(defect, by, reason: str) -> Write:
    return lambda: _said(defect, by, _("Not mended, says %(name)s: %(defect)s"), reason)


def withdrawn(defect, by, reason: str) -> Write:
    return lambda: _said(defect, by, _("No defect any more: %(defect)s"), reason)


def handed_on(defect, by, reason: str) -> Write:
    return lambda: _said(
        defect,
        by,
        _("%(name)s handed it on to %(mender)s: %(defect)s").replace("%(mender)s", defect.mender.name),
        reason,
    )


def raised(defect, by, reason: str) -> Write:
    return lambda: _said(defect, by, _("More critical, says %(name)s: %(defect)s"), reason)
