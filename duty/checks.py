"""Mistakes in the settings are told at start-up, by name, with what to do."""

import os
from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


@register(Tags.compatibility)
def settings_can_be_used(app_configs, **kwargs):
    return [Error(problem.what, hint=problem.hint, id="duty.E001") for problem in settings.ENV_PROBLEMS]


@register(Tags.files)
def files_can_be_kept(app_configs, **kwargs):
    """Photos and documents have a folder that may be written to and that no web server hands out."""
    folder, served = Path(settings.MEDIA_ROOT).resolve(), Path(settings.STATIC_ROOT).resolve()
    if folder == served or served in folder.parents:
        return [
            Error(
                f"MEDIA_ROOT={str(folder)!r} lies among the static files: everyone could read what is kept there.",
                hint="Name a folder outside of it.",
                id="duty.E002",
            )
        ]
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        return [
            Error(
                f"MEDIA_ROOT={str(folder)!r} cannot be written to: photos and documents could not be kept.",
                hint="Name a folder that the product's user may write to.",
                id="duty.E003",
            )
        ]
    return []


@register(Tags.security)
def production_is_set_up(app_configs, **kwargs):
    found = []
    if settings.SECURE_SSL_REDIRECT and not settings.TRUSTED_PROXIES:
        found.append(
            Warning(
                "PUBLIC_URL is https, but TRUSTED_PROXIES is 0: every page sends the browser to itself, without end.",
                hint="Set TRUSTED_PROXIES to how many proxies stand in front; they set X-Forwarded-Proto.",
                id="duty.W002",
            )
        )
    if settings.DEVELOPMENT:
        return found
    if settings.MAIL_IS_LOCAL:
        found.append(
            Warning(
                "EMAIL_URL is not set: no mail leaves this machine.",
                hint="Set it to smtp+tls://user:password@host:587.",
                id="duty.W001",
            )
        )
    if not settings.PUBLIC_URL_IS_SET:
        found.append(
            Warning(
                f"PUBLIC_URL is not set: links in mails lead to {settings.PUBLIC_URL}.",
                hint="Set it to what people type, such as https://duty.example.cn.",
                id="duty.W003",
            )
        )
    return found


def refuse_to_start() -> None:
    """Called by every process that serves: with settings that cannot be used, none of them runs."""
    if settings.ENV_PROBLEMS:
        raise SystemExit("\n".join(f"duty.E001 {problem}" for problem in settings.ENV_PROBLEMS))
