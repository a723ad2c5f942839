"""Signing in and out, taking over the duty room's computer, one's own password and contact data."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from duty.access import anyone, signed_in
from duty.forms.people import ChangePassword, ChoosePassword, Profile, ResetPassword, SignIn
from duty.gate import open_lock
from duty.models import Line, Person, Role
from duty.resets import send_reset
from duty.sockets import people_at_hand

YEAR = 365 * 24 * 3600


def safe_next(request, default: str = "desk") -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(default)


class SignInView(auth.LoginView):
    template_name = "duty/login.html"
    authentication_form = SignIn
    redirect_authenticated_user = True

    def get_redirect_url(self):
        wanted = super().get_redirect_url()
        return "" if wanted.startswith(self.request.path) else wanted  # not round in a circle

    def form_valid(self, form):
        person = form.get_user()
        Line.objects.trace("duty.person.signed_in", by=person, at=self.request.at)
        return super().form_valid(form)


def who_helps():
    """Administrators of the whole organisation, to turn to: they open locks and grant roles."""
    whole = {"grants__role": Role.ADMINISTRATOR, "grants__unit__parent__isnull": True}
    return Person.objects.may_sign_in().filter(**whole).distinct()[:3]


sign_in = anyone(never_cache(SignInView.as_view()))


@anyone
def locked_out(request, original_response=None, credentials=None, *args, **kwargs):
    """Too many wrong tries. Says how long, and who can open it at once."""
    context = {"minutes": round(settings.AXES_COOLOFF_TIME * 60), "administrators": who_helps()}
    return render(request, "duty/locked_out.html", context, status=429)


@anyone
@require_POST
def sign_out(request):
    """Pressed in a second tab it finds nobody signed in, and that is no error."""
    if request.user.is_authenticated:
        Line.objects.trace("duty.person.signed_out", by=request.user, at=request.at)
        logout(request)
    return redirect("login")


@signed_in
def switch(request):
    """Hand the duty room's computer over: choose who sits here now, type their password, keep the page."""
    form = SignIn(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        person, before = form.get_user(), request.user.name
        logout(request)
        login(request, person)
        Line.objects.trace("duty.person.switched", by=person, at=request.at, text=before)
        messages.success(request, _("You are signed in as %(name)s.") % {"name": person.name})
        return HttpResponseRedirect(safe_next(request))
    context = {"form": form, "people": people_at_hand(request.user, request.at), "next": safe_next(request)}
    return render(request, "duty/switch.html", context)


@signed_in
def profile(request):
    form = Profile(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        if form.changed_data:
            Line.objects.trace("duty.person.profile", by=request.user, at=request.at)
        messages.success(request, _("Saved."))
        return redirect("profile")
    grants = request.user.grants.select_related("unit")
    return render(request, "duty/profile.html", {"form": form, "grants": grants, "who_helps": who_helps()})


@signed_in
def password(request):
    form = ChangePassword(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)  # this session lives on, every other one ends
        Line.objects.trace("duty.person.password", by=request.user, at=request.at)
        messages.success(request, _("Your password is changed. Other computers are signed out."))
        return redirect("profile")
    return render(request, "duty/password.html", {"form": form})


@anyone
def reset(request):
    form = ResetPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if person := form.found():
            send_reset(person, request.at)
        return redirect("password-reset-sent")
    return render(request, "duty/reset.html", {"form": form})


@anyone
def reset_sent(request):
    return render(request, "duty/reset_sent.html")


@anyone
@never_cache
def reset_with(request, uid: str, token: str):
    """The page behind the link in the mail: good once, for an hour."""
    person = _person_of(uid)
    if person is None or not default_token_generator.check_token(person, token):
        return render(request, "duty/reset_old.html", status=410)
    form = ChoosePassword(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        open_lock(person)  # whoever reads their mail is the one who was locked out
        Line.objects.trace("duty.person.password", by=person, at=request.at)
        messages.success(request, _("Your password is changed. Sign in with it."))
        return redirect("login")
    return render(request, "duty/password.html", {"form": form, "bare": True, "person": person})


def _person_of(uid: str) -> Person | None:
    try:
        return Person.objects.may_sign_in().filter(pk=int(urlsafe_base64_decode(uid))).first()
    except (ValueError, TypeError, OverflowError):
        return None


@anyone
@require_POST
def appearance(request):
    """Light or dark for this browser; the language for the person, or for this browser when nobody is signed in."""
    response = HttpResponseRedirect(safe_next(request, "login"))
    theme, language = request.POST.get("theme"), request.POST.get("language")
    if theme in ("light", "dark"):
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    elif theme == "auto":
        response.delete_cookie("theme")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=settings.HTTPS
        )
        if request.user.is_authenticated:
            Person.objects.filter(pk=request.user.pk).update(language=language)
        translation.activate(language)
    return response
