"""One item of a draft: written, changed, doubled, taken out; and its reference photo, for whoever may read the checklist."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from duty.access import signed_in
from duty.filing import handed_out, keep
from duty.pages import number_asked
from equipment.access import keepers
from equipment.copying import duplicate
from equipment.forms.items import ItemForm
from equipment.forms.stops import Spots
from equipment.models import Item, Kind
from equipment.stops import key_of
from equipment.views.drafts import draft_kept
from equipment.views.stops import back_to


def item_kept(request, pk: int):
    """(checklist, draft, item) of an item on a draft, for those who keep it."""
    found = get_object_or_404(Item.objects.visible_to(request.user).select_related("version"), pk=pk)
    row, draft = draft_kept(request, found.version.checklist_id)
    if draft.pk != found.version_id:
        raise Http404
    items = Item.objects.select_related("version__checklist", "equipment", "place", "after", "picture", "gauge")
    return row, draft, get_object_or_404(items, pk=pk)


@keepers
def add(request, pk: int):
    """A new item at the stop of the address, or upon another item; from its own page or the short line of the editor."""
    row, draft = draft_kept(request, pk)
    item = Item(version=draft)
    after = number_asked(request.GET.get("after"))
    if after is not None:
        above = get_object_or_404(draft.items.filter(after=None).select_related("equipment", "place"), pk=after)
        item.after, item.equipment, item.place = above, above.equipment, above.place
        item.when = "abnormal" if above.is_judged else ""
        item.kind = Kind.TEXT
    else:
        try:
            item.equipment, item.place = Spots(request.user, request.at).by_key(request.GET.get("stop", "g"))
        except (KeyError, ValueError):
            raise Http404 from None
    if (kind := request.POST.get("kind") or request.GET.get("kind")) in Kind.values:
        item.kind = kind
    if "quick" in request.POST:
        return _quick(request, row, item)
    form = ItemForm(request.POST or None, request.FILES or None, instance=item)
    return _page(request, row, item, form)


@keepers
def change(request, pk: int):
    row, _draft, item = item_kept(request, pk)
    return _page(request, row, item, ItemForm(request.POST or None, request.FILES or None, instance=item))


def _quick(request, row, item: Item):
    """Only the question: whatever else the kind asks for follows on the item's page."""
    question = " ".join(request.POST.get("question", "").split())
    asked = {"question": question, "kind": item.kind, "required": "on", "note_if_abnormal": "on", "measure": ""}
    form = ItemForm(asked, instance=item)
    if item.kind in (Kind.NUMBER, Kind.CHOICE) or not form.is_valid():
        wrong = (
            form
            if item.kind not in (Kind.NUMBER, Kind.CHOICE)
            else ItemForm(instance=item, initial={"question": question})
        )
        return _form(request, row, item, wrong)
    row.put_item(item, by=request.user, at=request.at)
    return back_to(row, f"{key_of(*item.stop)}-more")


def _page(request, row, item: Item, form: ItemForm):
    is_new = item._state.adding
    if request.method == "POST" and form.is_valid() and _kept(request, row, item, form):
        if "another" in request.POST:
            messages.success(request, _("“%(name)s” is on the draft.") % {"name": item.question})
            return redirect(f"{reverse('checklist-item', args=[row.pk])}?stop={key_of(*item.stop)}&kind={item.kind}")
        if "follow" in request.POST and item.after_id is None:
            return redirect(f"{reverse('checklist-item', args=[row.pk])}?after={item.pk}")
        return back_to(row, key_of(*item.stop))
    return _form(request, row, item if not is_new else form.instance, form)


def _form(request, row, item: Item, form: ItemForm):
    context = {"row": row, "item": item, "form": form, "is_new": item._state.adding, "kinds": Kind}
    context["name"] = "" if item._state.adding else Item.objects.get(pk=item.pk).question
    return render(request, "equipment/item_form.html", context, status=422 if form.errors else 200)


def _kept(request, row, item: Item, form: ItemForm) -> bool:
    try:
        with transaction.atomic():
            if content := form.cleaned_data.get("picture"):
                item.picture = keep(content, by=request.user, at=request.at)
            elif form.cleaned_data.get("without_picture"):
                item.picture = None
            row.put_item(item, by=request.user, at=request.at)
    except ValidationError as why:
        form.add_error("picture", why.messages)
        return False
    return True


@keepers
@require_POST
def double(request, pk: int):
    row, draft, item = item_kept(request, pk)
    row.put_items(draft, duplicate(item, pgettext("a copy of an item", "copy")), by=request.user, at=request.at)
    return back_to(row, key_of(*item.stop))


@keepers
@require_POST
def remove(request, pk: int):
    row, draft, item = item_kept(request, pk)
    row.take_out(draft, [item], by=request.user, at=request.at)
    messages.success(request, _("“%(name)s” is no longer on the draft.") % {"name": item.question})
    return back_to(row, key_of(*item.stop))


@signed_in
def picture(request, pk: int):
    """The reference photo, to whoever may read the checklist."""
    item = get_object_or_404(Item.objects.visible_to(request.user).select_related("picture"), pk=pk)
    if item.picture is None:
        raise Http404
    return handed_out(request, item.picture, small="small" in request.GET)
