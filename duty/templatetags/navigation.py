"""Where one is and what one may: the menu, filters in links, the `once` field, words for scripts."""

import functools
import uuid

from django import template
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from duty.access import can
from duty.models import Matter
from duty.templatetags.components import icon

register = template.Library()


@register.simple_tag
def once():
    """The hidden field that makes a form count once, however often it is sent."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid.uuid4())


@functools.cache
def _place(name: str) -> tuple[str, object]:
    """The address of that name, and the rule its view declares; neither changes while the process lives."""
    address = reverse(name)
    return address, getattr(resolve(address).func, "rule", None)


@register.inclusion_tag("duty/_nav_item.html", takes_context=True)
def nav(context, name: str, label: str, picture: str, count: int = 0, apart: str = ""):
    """An entry of the rail, for those whom its URL's rule lets in; `apart` names pages below it with entries of their own."""
    try:
        address, rule = _place(name)
    except NoReverseMatch:
        return {"hidden": True}
    request = context["request"]
    here = request.path == address or (address != "/" and request.path.startswith(address))
    here = here and not any(request.path.startswith(_place(other)[0]) for other in apart.split())
    return {
        "hidden": rule is None or not rule.allows(request.user),
        "address": address,
        "label": label,
        "picture": picture,
        "count": count,
        "current": here,
    }


@register.simple_tag(takes_context=True)
def may_open(context, name: str) -> bool:
    """Whether the rule of that address lets this person in: no button leads to a refusal."""
    _address, rule = _place(name)
    return rule is not None and rule.allows(context["request"].user)


@register.simple_tag(takes_context=True)
def holds(context, role: str) -> bool:
    """Whether the person has that role somewhere."""
    person = context["request"].user
    return person.is_authenticated and person.sight.has(role)


@register.simple_tag(takes_context=True)
def open_matters(context, kind: str) -> int:
    """Open matters of a kind I may see, counted to 100 at most: the badge does not grow with the table."""
    mine = Matter.objects.open().filter(kind=kind).visible_to(context["request"].user)
    return mine.order_by()[:100].count()


@register.simple_tag(takes_context=True)
def action_of(context, deadline) -> tuple[str, str]:
    """What the reader can do about a promise: (label, address)."""
    request = context["request"]
    return deadline.action_for(request.user, deadline.matter_id in request.waiting)


@register.simple_tag(takes_context=True)
def permitted(context, verb: str, subject) -> bool:
    return can(context["request"].user, verb, subject)


@register.simple_tag(takes_context=True)
def page_query(context, **changes) -> str:
    """The address's own filters with these changed: what makes a list's links shareable."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_head(context, page, name: str, label: str) -> str:
    """The head of a column by which the list may be sorted: pressed again, the other way round."""
    here = page.sort.removeprefix("-") == name if page.sort else name == page.names[-1]
    down = here and page.sort.startswith("-")
    turned = f"-{name}" if here and not down else name
    address = page_query(context, sort=turned, before="")
    order = "descending" if down else "ascending" if here else "none"
    sign = icon("caret-down-fill" if down else "caret-up-fill") if here else ""
    return format_html('<th aria-sort="{}"><a class="sort-head" href="{}">{}{}</a></th>', order, address, label, sign)


@register.simple_tag
def tongue_name() -> str:
    return "English" if translation.get_language().startswith("zh") else "中文"


@register.inclusion_tag("_words.html")
def script_words():
    """What scripts say, in the page's language; the countdown's words are those of `countdown` above."""
    return {
        "words": {
            "left": _("%(n)s min left"),
            "over": _("%(n)s min over"),
            "left-clock": _("%(n)s left"),
            "over-clock": _("%(n)s over"),
            "over-hours": _("%(n)s h over"),
            "over-days": _("%(n)s d over"),
            "in-hours": _("in %(n)s h"),
            "in-days": _("in %(n)s d"),
            "by": _("by %(t)s"),
            "was-due": _("was due %(t)s"),
            "sound-on": _("Sound on"),
            "sound-off": _("Sound off"),
            "sound-blocked": _("Sound: click once"),
            "draft-saved": _("Draft saved %(t)s"),
            "draft-failed": _("The draft could not be saved. Keep this tab open."),
            "offline": _("No connection. What you see may be old."),
            "failed": _("That did not work. Reload the page and try again."),
            "dismiss": _("Dismiss"),
        }
    }
