"""Every setting of the product, read once from the environment or `.env` (see `.env.example`).

The launcher reads this file too, before Django does, and refuses to start with what cannot be used.
"""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from duty.env import ROOT, Env
from duty.run.place import Place

env = Env.here()
PLACE = Place(env.folder("VAR_DIR", ROOT / "var"))

ENVIRONMENT = env.choice("ENVIRONMENT", "development", ("development", "production"))
DEVELOPMENT = ENVIRONMENT == "development"
DEBUG = env.switch("DEBUG", False)
BIND = env.bind("BIND", "127.0.0.1")
PORT = env.number("PORT", 8000, 1, 65535)
WEB_WORKERS = env.number("WEB_WORKERS", 2, 1, 64)
WEB_THREADS = env.number("WEB_THREADS", 4, 1, 64)
PUBLIC_URL_IS_SET = bool(env.given("PUBLIC_URL"))
PUBLIC_URL = env.web_address("PUBLIC_URL", f"http://localhost:{PORT}")
ORGANISATION = env.text("ORGANISATION", "")

SECRET_KEY = env.text("SECRET_KEY", "unset")
if SECRET_KEY == "unset" and not DEVELOPMENT:  # noqa: S105 - the word for none
    env.refuse("SECRET_KEY", "is not set.", "Set it to 50 random characters, the same on every host.")
elif SECRET_KEY == "unset" and not env.refused("VAR_DIR"):  # noqa: S105
    try:
        SECRET_KEY = PLACE.secret()
    except OSError as why:
        env.refuse("VAR_DIR", f"cannot be used: {why.strerror}: {why.filename}.", "Name a folder you may write to.")

ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ["*"] if DEVELOPMENT else [])
if not ALLOWED_HOSTS and not PUBLIC_URL_IS_SET and not env.refused("ALLOWED_HOSTS"):
    env.refuse("ALLOWED_HOSTS", "is empty.", "List the names people use, such as duty.example.cn.")
# Links lead to PUBLIC_URL; monitors on this machine, and `make run` itself, ask by its own names.
ALLOWED_HOSTS += [urlsplit(PUBLIC_URL).netloc.removesuffix(f":{urlsplit(PUBLIC_URL).port}")]
ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
HTTPS = PUBLIC_URL.startswith("https://")
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, 0, 9)  # how many stand in front and say who asked

# Who is served
INSTALLED_APPS = [
    "duty.apps.DutyConfig",
    "scheduling.apps.SchedulingConfig",
    "equipment.apps.EquipmentConfig",
    "incidents.apps.IncidentsConfig",
    "reports.apps.ReportsConfig",
    "duty.apps.AdminSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "crispy_forms",
    "crispy_bootstrap5",
    "import_export",
    "axes",
    "csp",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "duty.timing.Timing",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "duty.door.Clock",
    "duty.door.Language",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "csp.middleware.CSPMiddleware",
    "duty.door.Door",
]

ROOT_URLCONF = "duty.urls"
WSGI_APPLICATION = "duty.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                *(f"duty.templatetags.{name}" for name in ("components", "times", "navigation")),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "duty.door.surroundings",
            ],
        },
    }
]

# The only truth
DATABASE_IS_LOCAL = not env.given("DATABASE_URL")
DATABASES = {"default": env.database("DATABASE_URL", PLACE.database_url)}
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", "5")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Wake-ups, progress, cache; may vanish at any time
REDIS_IS_LOCAL = not env.given("REDIS_URL")
REDIS_URL = env.redis("REDIS_URL", PLACE.redis_url)
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is away is noticed at once, not after six seconds of asking again: the send lane has other ways.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2, "socket_timeout": 5, "max_retries": 1, "interval_start": 0, "interval_max": 0.2,
}  # fmt: skip
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "watchdog": {"task": "duty.watchdog", "schedule": 60, "options": {"expires": 55}},
    "housekeeping": {"task": "duty.housekeeping", "schedule": 3600, "options": {"expires": 3000}},
    "lapsing": {"task": "scheduling.lapse", "schedule": 60, "options": {"expires": 55}},
    "drafts": {"task": "scheduling.begin_ahead", "schedule": 3600, "options": {"expires": 3000}},
    "archive": {"task": "scheduling.archive", "schedule": 3600, "options": {"expires": 3000}},
    "trends": {"task": "equipment.reckon", "schedule": 3600, "options": {"expires": 3000}},
    "rounds": {"task": "equipment.lay", "schedule": 60, "options": {"expires": 55}},
    "searches": {"task": "scheduling.pick_up", "schedule": 20, "options": {"expires": 15}},
}

# People
AUTH_USER_MODEL = "duty.Person"
AUTHENTICATION_BACKENDS = ["duty.gate.Gate", "duty.access.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("staff_number", "name", "mobile", "mail")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
     "OPTIONS": {"min_length": env.number("PASSWORD_LENGTH", 10, 6, 64)}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]  # fmt: skip
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = 3600

AXES_FAILURE_LIMIT = env.number("LOGIN_ATTEMPTS", 5, 3, 50)
AXES_COOLOFF_TIME = env.number("LOCKOUT_MINUTES", 15, 1, 1440) / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "duty.views.people.locked_out"
AXES_USERNAME_FORM_FIELD = "username"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_USERNAME_CALLABLE = "duty.gate.who_tries"
AXES_CLIENT_IP_CALLABLE = "duty.gate.where_from"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "zhiban"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", 720, 5, 10080)
SESSION_HOURS = env.number("SESSION_HOURS", 24, 1, 720)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "duty.views.errors.stale_form"

# The web's own safety
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = env.switch("SSL_REDIRECT", True) and HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # monitors ask from inside, past the proxy
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000

# Time and tongue
USE_TZ = True
TIME_ZONE = env.zone("TIME_ZONE", "Asia/Shanghai")
USE_I18N = True
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_CODE = env.choice("LANGUAGE_CODE", "zh-hans", ("zh-hans", "en"))
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [ROOT / "locale"]

# What is served as it lies
STATIC_URL = "static/"
STATIC_ROOT = PLACE.var / "static"
STATICFILES_DIRS = [ROOT / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "duty.packages.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "duty.packages.ManifestStorage"},
}
# What people bring: never served as it lies, only through a view that asks who may see it
MEDIA_ROOT = env.folder("MEDIA_ROOT", PLACE.var / "files")
FILE_UPLOAD_HANDLERS = [
    "duty.filing.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# Mail
MAIL_IS_LOCAL = not env.given("EMAIL_URL")
globals().update(env.mail("EMAIL_URL", f"smtp://127.0.0.1:{PLACE.mail_port}"))
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender("MAIL_FROM", "Zhiban 值班 <zhiban@localhost>")

# The duty's own
LATE_ENTRY_MINUTES = env.number("LATE_ENTRY_MINUTES", 15, 1, 1440)
ENGINE_LATE_SECONDS = 20  # a fire lane silent for longer shows a banner on every page
TIMING = env.switch("TIMING", False)

PGHISTORY_CREATED_AT_FUNCTION = "duty_now()"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_USE_TRANSACTIONS = True

SILENCED_SYSTEM_CHECKS = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))},
    "loggers": {name: {"level": "WARNING"} for name in ("django.server", "celery.redirected", "axes")},
}

ENV_PROBLEMS = env.problems
