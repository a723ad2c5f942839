"""The gate: how often one may try to sign in, by person and address. What counts is kept by django-axes."""

import ipaddress

from axes.backends import AxesStandaloneBackend
from axes.utils import reset
from django.conf import settings
from django.db import connection

LONGEST = 60  # of what anyone can type; a staff number has 20


class Gate(AxesStandaloneBackend):
    """Asked before any password is looked at.

    Tries for one person take turns until their transaction ends: fifty at once would otherwise all pass before
    the first of them is counted.
    """

    def authenticate(self, request, username=None, password=None, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('duty sign-in'), hashtext(%s))", [counted_as(username or "")]
            )
        return super().authenticate(request, username=username, password=password, **kwargs)


def counted_as(staff_number: str) -> str:
    """One count however it is written: signing in does not tell capitals from small letters."""
    return staff_number.upper().casefold()[:LONGEST]


def who_tries(request, credentials) -> str:
    name = (credentials or request.POST).get(settings.AXES_USERNAME_FORM_FIELD)
    return counted_as(name or "")


def open_lock(person) -> None:
    reset(username=counted_as(person.staff_number))


def where_from(request) -> str | None:
    """The address tried from. Only as many proxies are believed as the settings say there are; None if unknown."""
    told = [request.META.get("REMOTE_ADDR", "")]
    if settings.TRUSTED_PROXIES:
        told = [*request.META.get("HTTP_X_FORWARDED_FOR", "").split(","), *told][-settings.TRUSTED_PROXIES - 1 :]
    try:
        return str(ipaddress.ip_address(told[0].strip()))
    except ValueError:
        return None
