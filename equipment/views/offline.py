"""What lets a telephone walk without network: the worker that keeps the pages, the page it shows, the app's card.

None of these holds anything of anybody: what was found lies in the telephone's own store, by person.
"""

import hashlib
import json

from csp.decorators import csp_update
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from duty.access import anyone
from duty.env import ROOT
from equipment.views.walking import DECODER
from equipment.walk_words import words

STATIC = ROOT / "static"
VENDORED = ("vendor/bootstrap.min.css", "vendor/idb.js", "vendor/barcode-detector.js", "vendor/zxing_reader.wasm")


def kept_files() -> list[str]:
    """Everything that the walking page is made of, under the names that carry their content's digest."""
    own = [
        *sorted(f"css/{path.name}" for path in (STATIC / "css").glob("*.css") if path.name != "admin.css"),
        *sorted(f"js/walk/{path.name}" for path in (STATIC / "js" / "walk").glob("*.js")),
        "img/icon.svg", "img/icon-192.png",
    ]  # fmt: skip
    return [static(name) for name in (*own, *VENDORED)]


@anyone
@never_cache
def worker(request):
    """The service worker, at the root so that it may answer for every page of ours."""
    files = kept_files()
    told = {
        "files": files,
        "shell": reverse("rounds-offline"),
        "version": hashlib.sha256(json.dumps([files, translation.get_language()]).encode()).hexdigest()[:12],
    }
    body = (STATIC / "js" / "walk-worker.js").read_text()
    return HttpResponse(f"const KEPT = {json.dumps(told)};\n{body}", content_type="text/javascript; charset=utf-8")


@anyone
@csp_update(DECODER)
def shell(request):
    """The walking page without a round and without a person; what it shows it takes from the telephone."""
    answer = render(request, "equipment/walk_shell.html", {"words": words()})
    answer["Cache-Control"] = "no-cache"
    return answer


@anyone
def web_app(request):
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    icons.append({"src": static("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"})
    card = {
        "id": "/", "name": _("Zhiban 值班"), "short_name": _("Zhiban"), "start_url": reverse("desk"), "scope": "/", "display": "standalone",
        "background_color": "#f4f5f3", "theme_color": "#0d5c63", "icons": icons, "lang": translation.get_language(),
        "shortcuts": [{"name": _("Rounds"), "url": reverse("rounds")}],
    }  # fmt: skip
    return JsonResponse(card, content_type="application/manifest+json")
