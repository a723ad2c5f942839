"""Spans of duty and shares of load, in words."""

from django import template
from django.utils.translation import gettext as _

from scheduling import wording

register = template.Library()


@register.simple_tag
def from_until(part) -> str:
    """Of a span, or of anything that starts and ends: Mon 23 Nov 18:00 – Tue 24 Nov 08:00."""
    return wording.from_until(part if isinstance(part, tuple) else (part.starts_at, part.ends_at))


@register.simple_tag
def load_words(deviation: float) -> str:
    """How far above or below their fair share someone would be with this duty."""
    if abs(deviation) < 0.05:
        return _("at their fair share")
    values = {"n": f"{abs(deviation):.1f}"}
    return (_("%(n)s above their fair share") if deviation > 0 else _("%(n)s below their fair share")) % values
