"""What is being typed, kept on the server: it survives a closed tab, and another machine picks it up."""

import json

from django.http import JsonResponse
from django.views.decorators.http import require_POST

from duty.access import signed_in
from duty.clock import local
from duty.models import Draft

FORMS = {"incident"}
MAX_FIELDS, MAX_LENGTH = 60, 4000


@signed_in
@require_POST
def save_draft(request, form: str):
    if form not in FORMS:
        return JsonResponse({"error": "unknown form"}, status=404)
    try:
        sent = json.loads(request.POST.get("values", ""))
        values = {_plain(name, 60): _plain(value, MAX_LENGTH) for name, value in sent.items() if value}
    except (ValueError, AttributeError, RecursionError):
        return JsonResponse({"error": "unreadable"}, status=400)
    if len(values) > MAX_FIELDS:
        return JsonResponse({"error": "too many fields"}, status=400)
    if values:
        Draft.objects.update_or_create(
            person=request.user, form=form, defaults={"values": values, "saved_at": request.at}
        )
    else:
        Draft.objects.filter(person=request.user, form=form).delete()
    return JsonResponse({"saved_at": f"{local(request.at):%H:%M}"})


def _plain(text, longest: int) -> str:
    """Without what no database keeps: null characters, and halves of characters."""
    return str(text).replace("\0", "").encode(errors="ignore").decode()[:longest]
