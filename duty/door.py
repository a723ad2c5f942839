"""The door every request passes: one look at the clock, the reader's language, the URL's rule, and each form once.

A request that writes runs in one transaction with the trail's context set; what raises leaves nothing behind.
"""

import contextlib
import datetime as dt
import hashlib
import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import connection, transaction
from django.http import HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils import translation

from duty.evidence import set_context
from duty.looks import look
from duty.models import Once
from duty.steps import Conflict
from duty.texts import visible

LONGEST_ANSWER = Once._meta.get_field("answer").max_length
PULSE = """
SELECT duty_now(), (SELECT max(seen_at) FROM duty_lane WHERE name = 'fire'),
       (SELECT min(fires_at) FROM duty_deadline WHERE fires_at IS NOT NULL),
       ARRAY(SELECT DISTINCT coalesce(matter_id, -id) FROM (SELECT matter_id, id FROM duty_notice WHERE recipient_id = %s
            AND needs_acknowledgement AND acknowledged_at IS NULL AND released_at IS NULL LIMIT 500) waiting)
"""


class Engine:
    """Whether the fire lanes live, read from their sign of life and from what they ought to have fired."""

    def __init__(self, at: dt.datetime, seen_at: dt.datetime | None, next_at: dt.datetime | None):
        limit = dt.timedelta(seconds=settings.ENGINE_LATE_SECONDS)
        self.seen_at = seen_at
        self.silent = seen_at is None or seen_at < at - limit
        self.late = self.silent or (next_at is not None and next_at < at - limit)


class Clock:
    """`request.at` is the database's clock, read once; with it come the engine's pulse and which matters wait
    for this person's answer. Sessions end by it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with connection.cursor() as cursor:
            cursor.execute(PULSE, [request.user.pk])
            request.at, seen_at, next_at, request.waiting = cursor.fetchone()
        request.engine = Engine(request.at, seen_at, next_at)
        if request.user.is_authenticated and self._has_ended(request):
            return self._sign_out(request)
        with look() if request.method in ("GET", "HEAD") else contextlib.nullcontext():
            response = self.get_response(request)
        if request.user.is_authenticated:
            self._has_begun(request)  # someone who signed in with this request
        return response

    @staticmethod
    def _sign_out(request):
        logout(request)
        if request.method in ("GET", "HEAD"):
            asked = urlencode({"ended": 1, "next": request.get_full_path()})
            return redirect(f"{resolve_url(settings.LOGIN_URL)}?{asked}")
        from duty.views.errors import session_ended

        with translation.override(translation.get_language_from_request(request)):
            return session_ended(request)

    def _has_ended(self, request) -> bool:
        """Idle for too long, or open for too long. What the page asks by itself is no activity."""
        now, session = self._has_begun(request), request.session
        if now - session["started"] > settings.SESSION_HOURS * 3600:
            return True
        idle = now - session["seen"]
        if idle > settings.SESSION_IDLE_MINUTES * 60:
            return True
        if idle > 60 and not self._asked_by_itself(request):
            session["seen"] = now
        return False

    @staticmethod
    def _has_begun(request) -> int:
        """Note the beginning of a session; answers what time it is, in seconds."""
        now = int(request.at.timestamp())
        request.session.setdefault("started", now)
        request.session.setdefault("seen", now)
        return now

    @staticmethod
    def _asked_by_itself(request) -> bool:
        """A page that looks for news, or fetches itself anew, with nobody at the keyboard."""
        if request.path.startswith("/live/") or "X-Live" in request.headers:
            return True
        return request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "empty"


class Language:
    """The person's own setting, then what this browser chose, then what it prefers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        own = getattr(request.user, "language", "") if request.user.is_authenticated else ""
        tongue = own or translation.get_language_from_request(request)
        with translation.override(tongue):
            request.LANGUAGE_CODE = tongue
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", tongue)
            return response


class SentOtherwise(Exception):
    """This form was sent already, with something else in it: the page came back out of the browser's history."""

    def __init__(self, answer: str):
        self.answer = answer


class FormOfAnother(Exception):
    """Someone else, or another address, has sent a form with this token already."""


def digest_of(request) -> str:
    """Of everything that was sent with a form, but for the two tokens."""
    sent = [
        (name, values) for name, values in sorted(request.POST.lists()) if name not in ("csrfmiddlewaretoken", "once")
    ]
    files = [(name, [(file.name, file.size) for file in files]) for name, files in sorted(request.FILES.lists())]
    return hashlib.sha256(repr((sent, files)).encode(errors="surrogatepass")).hexdigest()


def readable(posted: QueryDict) -> QueryDict:
    """What was typed without the characters nobody can see; a null is told to whoever typed it."""
    seen = {
        name: [value if "password" in name else visible(value) for value in values] for name, values in posted.lists()
    }
    if all(seen[name] == values for name, values in posted.lists()):
        return posted
    clean = QueryDict(mutable=True, encoding=posted.encoding)
    for name, values in seen.items():
        clean.setlist(name, values)
    return clean


class Door:
    """Last before the view: refuses what has no rule, and runs what writes all or nothing, and once."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":
            from duty.views.errors import takes_forms_only

            return takes_forms_only(request)
        return response

    def process_view(self, request, view, args, kwargs):
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("no text holds a null character, and no query of ours could ask for one")
        self._check_rule(request, view)
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return None
        if "\0" in request.path:
            raise BadRequest("no address of a form holds a null character")
        request.POST = readable(request.POST)
        try:
            with transaction.atomic():
                return self._write(request, view, args, kwargs)
        except Conflict as conflict:
            from duty.views.errors import conflicted

            return conflicted(request, conflict)
        except SentOtherwise as earlier:
            from duty.views.errors import sent_already

            return sent_already(request, earlier.answer)
        except FormOfAnother:
            from duty.views.errors import stale_form

            return stale_form(request)

    def _check_rule(self, request, view) -> None:
        if "admin" in request.resolver_match.app_names:
            return  # the admin site asks for an administrator itself (duty.admin)
        rule = getattr(view, "rule", None)
        if rule is None:
            raise PermissionDenied(f"{request.path} declares no rule")
        if not rule.open and not request.user.is_authenticated:
            return  # LoginRequiredMiddleware has answered already
        if not rule.allows(request.user):
            raise PermissionDenied(rule.name)

    def _write(self, request, view, args, kwargs):
        person = request.user if request.user.is_authenticated else None
        set_context(person.pk if person else None, request.resolver_match.view_name)
        token = self._token(request)
        if token is None:
            return view(request, *args, **kwargs)
        if (answer := self._earlier_answer(token, person, request)) is not None:
            return HttpResponseRedirect(answer)
        response = view(request, *args, **kwargs)
        if 300 <= response.status_code < 400:
            answer = response["Location"]
            Once.objects.filter(pk=token).update(answer=answer if len(answer) <= LONGEST_ANSWER else "")
        else:
            Once.objects.filter(pk=token).delete()  # refused: the corrected form is still to come
        return response

    @staticmethod
    def _token(request) -> uuid.UUID | None:
        try:
            return uuid.UUID(request.POST.get("once", ""))
        except ValueError:
            return None

    @staticmethod
    def _earlier_answer(token, person, request) -> str | None:
        """None if this form is new. Two sent at the same time take turns here, at the primary key."""
        path, content = request.path, digest_of(request)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO duty_once (token, person_id, path, content, answer, created_at) "
                "VALUES (%s, %s, %s, %s, '', duty_now()) ON CONFLICT DO NOTHING",
                [token, person.pk if person else None, path[:300], content],
            )
            if cursor.rowcount:
                return None
        sent = Once.objects.get(pk=token)
        if sent.person_id != (person.pk if person else None) or sent.path != path[:300]:
            raise FormOfAnother
        if sent.content != content:
            raise SentOtherwise(sent.answer or path)
        return sent.answer or path


def surroundings(request):
    """What every page shows around its own content."""
    return {
        "waiting": len(getattr(request, "waiting", ())),
        "engine": getattr(request, "engine", None),
        "at": getattr(request, "at", None),
        "theme": request.COOKIES.get("theme", "") if request.COOKIES.get("theme") in ("light", "dark") else "",
    }
