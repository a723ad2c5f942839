"""What messages about incidents say, written in each recipient's language, and how a field's value is shown."""

import datetime as dt

from django.utils.translation import gettext as _

from duty.clock import local


def _name(incident) -> str:
    return f"[{incident.level.name}] {incident.summary}"


def shown(value) -> str:
    """A field's value as people read it, for corrections."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    return str(value)


def facts(incident) -> str:
    """The facts a woken superior needs, a line each."""
    lines = [
        _("Received %(time)s, %(place)s") % {"time": f"{local(incident.received_at):%H:%M}", "place": incident.place},
        _("Now: %(scene)s") % {"scene": incident.scene} if incident.scene else "",
        _("Suggested: %(suggestion)s") % {"suggestion": incident.suggestion} if incident.suggestion else "",
    ]
    return "\n".join(line for line in lines if line)


def acknowledged(incident, by):
    return lambda: (_("%(who)s acknowledged: %(what)s") % {"who": by.name, "what": _name(incident)}, "")


def instructed(incident, by, instruction):
    def write():
        said = f"{instruction.get_kind_display()} {instruction.words}".strip()
        return _("%(who)s: %(said)s — %(what)s") % {"who": by.name, "said": said[:120], "what": _name(incident)}, said

    return write


def pressed(incident, by):
    def write():
        return _("%(who)s asks for your answer: %(what)s") % {"who": by.name, "what": _name(incident)}, facts(incident)

    return write


def regraded(incident, old, by, reason: str):
    def write():
        values = {"what": incident.summary, "old": old.name, "new": incident.level.name, "who": by.name}
        return _("Regraded from %(old)s to %(new)s by %(who)s: %(what)s") % values, reason

    return write


def closed(incident, result: str):
    return lambda: (_("Closed: %(what)s") % {"what": _name(incident)}, result)


def reopened(incident, reason: str):
    return lambda: (_("Reopened: %(what)s") % {"what": _name(incident)}, reason)


def recorded_by_phone(incident, by, words: str):
    def write():
        title = _("%(who)s recorded your answer by phone: %(what)s") % {"who": by.name, "what": _name(incident)}
        return title, words

    return write
