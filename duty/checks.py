"""Mistakes in the settings are told at start-up, by name, with what to do."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


@register(Tags.compatibility)
def environment_is_readable(app_configs, **kwargs):
    return [
        Error(f"{problem.name}={problem.value!r}: {problem.why}", hint=problem.hint, id="duty.E001")
        for problem in settings.ENV_PROBLEMS
    ]


@register(Tags.security)
def production_is_set_up(app_configs, **kwargs):
    if settings.DEVELOPMENT:
        return []
    found = []
    if settings.SECRET_KEY == "unset":  # noqa: S105 - the word for none
        found.append(
            Error(
                "SECRET_KEY is not set.", hint="Set it to 50 random characters, the same on every host.", id="duty.E002"
            )
        )
    if not settings.ALLOWED_HOSTS:
        found.append(
            Error("ALLOWED_HOSTS is empty.", hint="List the names people use, such as duty.example.cn.", id="duty.E003")
        )
    if settings.MAIL_IS_LOCAL:
        found.append(
            Warning(
                "EMAIL_URL is not set: no mail leaves this machine.",
                hint="Set it to smtp+tls://user:password@host:587.",
                id="duty.W001",
            )
        )
    return found


def refuse_to_start() -> None:
    """Called by every process that serves: with settings that cannot be used, none of them runs."""
    errors = [found for found in (*environment_is_readable(None), *production_is_set_up(None)) if found.is_serious()]
    if errors:
        raise SystemExit("\n".join(f"{error.id} {error.msg} {error.hint}" for error in errors))
