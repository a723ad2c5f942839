"""Mistakes in the settings are told at start-up, by name, with what to do."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


@register(Tags.compatibility)
def settings_can_be_used(app_configs, **kwargs):
    return [Error(problem.what, hint=problem.hint, id="duty.E001") for problem in settings.ENV_PROBLEMS]


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
