"""Whether all that a round asks is answered, follow-ups included."""

from django.utils.translation import gettext as _

from equipment.models import Answer, Item, Judged, Kind, Round, When


def missing(walk: Round) -> dict[int, str]:
    """{item: what is missing} of what must be answered before the walk can end, follow-ups included."""
    answers = {row.item_id: row for row in walk.answers.standing()}
    shots = set(walk.shots.values_list("item_id", flat=True))
    found = {}
    for item in walk.version.items.all():
        if not asked(item, answers):
            continue
        answer = answers.get(item.pk)
        if why := lacking(item, answer, item.pk in shots):
            found[item.pk] = why
    return found


def asked(item: Item, answers: dict[int, Answer]) -> bool:
    """Whether the item is asked at all, given the answer that it follows upon."""
    if item.after_id is None:
        return True
    above = answers.get(item.after_id)
    if above is None or above.judged == Judged.NOT_CHECKED:
        return False
    bad = above.judged in (Judged.ABNORMAL, Judged.OUT_OF_RANGE)
    return {When.ABNORMAL: bad, When.NORMAL: not bad}.get(item.when, True)


def lacking(item: Item, answer: Answer | None, has_photo: bool) -> str:
    if answer is None:
        return _("not answered") if item.required else ""
    if answer.judged == Judged.NOT_CHECKED:
        return ""
    bad = answer.judged == Judged.ABNORMAL
    if bad and item.note_if_abnormal and not answer.note:
        return _("a note is missing")
    wants = item.photo_always or item.kind in (Kind.PHOTO, Kind.SIGNATURE) or (bad and item.photo_if_abnormal)
    return _("a photo is missing") if wants and not has_photo else ""


def count(walk: Round) -> None:
    """Keep with the round how much of it is answered, for lists."""
    if walk.version_id is None:
        return
    rows = list(walk.answers.standing().values_list("judged", "item__after_id"))
    walk.given = sum(after is None for _judged, after in rows)
    walk.abnormal = sum(judged in (Judged.ABNORMAL, Judged.OUT_OF_RANGE) for judged, _after in rows)
    Round.objects.filter(pk=walk.pk).update(given=walk.given, abnormal=walk.abnormal)
