"""The trail: who did what, why and when; and the whole story of one matter."""

import datetime as dt

from django.apps import apps
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from duty.access import signed_in, watching
from duty.clock import DAY, local, start_of
from duty.models import Line, Matter, Person
from duty.pages import Older, day_asked, filters_asked

SHOWN = 50
BEFORE_ALL = dt.date(1989, 12, 31)


@watching
def trail(request):
    lines = Line.objects.visible_to(request.user).select_related("who", "matter")
    filters = filters_asked(request, ("who", "kind", "from", "until"))
    if filters["who"]:
        people = list(Person.objects.found_by(filters["who"]).values_list("pk", flat=True)[:50])
        lines = lines.filter(who__in=people)
    if filters["kind"]:
        lines = lines.filter(verb__startswith=filters["kind"])
    if day := day_asked(filters["from"], after=BEFORE_ALL):
        lines = lines.filter(at__gte=start_of(day))
    if day := day_asked(filters["until"], after=BEFORE_ALL):
        lines = lines.filter(at__lt=start_of(day + DAY))
    page = Older(lines, request, "-at", "-id", size=SHOWN)
    return render(request, "duty/trail.html", {"page": page, "filters": filters, "kinds": _kinds()})


def _kinds() -> list[tuple[str, str]]:
    """What leaves lines, by model: (prefix of the verb, name)."""
    from duty.steps import Subject

    models = [model for model in apps.get_models() if issubclass(model, Subject)]
    return [(f"{model._meta.label_lower}.", model._meta.verbose_name) for model in models] + [
        ("duty.person.", Person._meta.verbose_name)
    ]


@signed_in
def story(request, pk: int):
    """One matter from its first line to its last, with every rung that fired and every field that changed."""
    matter = get_object_or_404(Matter.objects.visible_to(request.user).select_related("unit"), pk=pk)
    return render(
        request, "duty/story.html", {"matter": matter, "story": tell(matter, whole=True), "changes": changes(matter)}
    )


def tell(matter: Matter, whole: bool = False) -> list[dict]:
    """Lines and fired rungs of a matter in one order, oldest first; `whole` with whom each rung told."""
    lines = [{"at": line.at, "line": line} for line in Line.objects.of(matter.pk).select_related("who")]
    fired = matter.firings.all()
    if whole:
        fired = fired.prefetch_related("notices__recipient", "notices__deliveries")
    deadlines = {deadline.pk: deadline for deadline in matter.deadlines.all()}
    firings = []
    for firing in fired:
        firing.deadline = deadlines[firing.deadline_id]
        firings.append({"at": firing.fired_at, "firing": firing})
    return sorted(lines + firings, key=lambda entry: entry["at"])


def changes(matter: Matter) -> list[dict]:
    """What each recorded event of the matter's own row changed, field by field, newest first."""
    model = matter.model
    fields = {field.attname: field for field in model._meta.concrete_fields if field.editable or field.name == "status"}
    found, before = [], None
    for event in model.pgh_event_model.objects.filter(pgh_obj_id=matter.pk).order_by("pgh_id"):
        now = {name: getattr(event, name) for name in fields if hasattr(event, name)}
        if before is not None:
            changed = [
                (fields[name].verbose_name, _shown(fields[name], before[name]), _shown(fields[name], now[name]))
                for name in now
                if now[name] != before[name]
            ]
            if changed:
                found.append(
                    {"at": event.pgh_created_at, "verb": (event.pgh_context or {}).get("verb", ""), "changed": changed}
                )
        before = now
    return found[::-1][:SHOWN]


def _shown(field, value) -> str:
    """A recorded value as people read it."""
    if value is None or value == "":
        return ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.remote_field:
        row = field.remote_field.model._base_manager.filter(pk=value).first()
        return str(row) if row else f"#{value}"
    if isinstance(value, dt.datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
