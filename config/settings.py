"""Settings of Milepost, read from the environment.

Nothing set means *embedded*: SQLite, a broker of files and a generated secret, all in `var/`, demo data on.
As soon as DATABASE_URL is set it is a real installation, and SECRET_KEY and ALLOWED_HOSTS must be set too.
docs/configuration.md lists every variable.
"""

import logging
import secrets
from datetime import timedelta
from pathlib import Path

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import evidence
from config.logs import drop_probes

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

EMBEDDED = not env.str("DATABASE_URL", default="")
DEBUG = env.bool("DEBUG", default=False)
# Demo shows made-up data, offers its people on the sign-in page and opens /outbox/. It never binds to another
# address than 127.0.0.1 (`manage.py up` refuses), and with a real database it must be asked for.
DEMO = env.bool("DEMO", default=EMBEDDED)


def generated_secret():
    """Return the embedded installation's own secret, made once and kept in var/ readable by its owner only."""
    path = VAR_DIR / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return path.read_text(encoding="utf-8")


if EMBEDDED:
    SECRET_KEY = env.str("SECRET_KEY", default="") or generated_secret()
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
else:
    missing = [name for name in ("SECRET_KEY", "ALLOWED_HOSTS") if not env.str(name, default="")]
    if missing:
        raise ImproperlyConfigured(
            f"DATABASE_URL is set, so {' and '.join(missing)} must be set too. "
            "Make a secret with: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    SECRET_KEY = env.str("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")

# Secrets of before, while what they signed or sealed still has to be read.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# Where people reach this installation; links in mail begin with it.
BASE_URL = env.str("BASE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}").rstrip("/")
SECURE = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "accounts",
    "outbox",
    "roadmap",
    "projects",
    "interviews",
    "config",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_structlog",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # with Django's padding against BREACH; a plan is 150 KB unpacked
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PrivatePagesMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.HtmxRedirectMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "projects.middleware.ScopesMiddleware",
    "projects.middleware.IdleMiddleware",
    "projects.middleware.SecondStepMiddleware",
    "config.middleware.FormOnlyMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.page",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "roadmap.templatetags.milepost",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# SQLite: IMMEDIATE removes "database is locked", WAL lets readers go on (docs/decisions/0002-sqlite.md).
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
DATABASES: dict
if EMBEDDED:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "milepost.sqlite3",
            "OPTIONS": SQLITE_OPTIONS,
        }
    }
else:
    DATABASES = {"default": env.db("DATABASE_URL")}
    if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        DATABASES["default"].setdefault("OPTIONS", SQLITE_OPTIONS)
    else:
        DATABASES["default"]["CONN_MAX_AGE"] = 60
        DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared between processes (rate limits of sign-in), so never in one process's memory.
CACHES = {
    "default": env.cache("CACHE_URL", default="dbcache://cache")
    if not EMBEDDED
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(VAR_DIR / "cache"),
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "outbox.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "change_password": "accounts.plain_forms.PlainChangePasswordForm",
    "reset_password": "accounts.plain_forms.PlainResetPasswordForm",
    "reset_password_from_key": "accounts.plain_forms.PlainResetPasswordKeyForm",
    "reauthenticate": "accounts.plain_forms.PlainReauthenticateForm",
}
MFA_ADAPTER = "projects.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    f"{what}_webauthn": f"accounts.passkey_forms.{what.title()}PasskeyForm"
    for what in ("add", "edit", "login", "authenticate", "reauthenticate")
} | {
    "activate_totp": "accounts.plain_forms.PlainActivateForm",
    "authenticate": "accounts.plain_forms.PlainAuthenticateForm",
    "reauthenticate": "accounts.plain_forms.PlainReauthenticateByCodeForm",
}
# Browsers give passkeys to https:// and, for trying things out, to http://localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
# allauth asks this where anybody may sign up with any address. Here an invitation has proven it.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Who edits the shared Roadmap or makes programs signs in in two steps. For all others their program says it.
TWO_STEP_FOR_STAFF = env.bool("TWO_STEP_FOR_STAFF", default=not DEMO)

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="America/Detroit")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files and photos at plans: never below an address of their own, handed out by a view that asks who it is.
    "evidence": evidence.storage_of(env, VAR_DIR / "evidence"),
    "staticfiles": {"BACKEND": "config.storage.StaticStorage"},
}
# How much all files of one program may take, in megabytes.
EVIDENCE_PROGRAM_MB = env.int("EVIDENCE_PROGRAM_MB", default=5000)
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = VAR_DIR / "media"

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Mail. Without EMAIL_URL nothing leaves the machine: messages are files in var/mail, and /outbox/ shows them.
if env.str("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Milepost <milepost@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# How long one worker may hold one message. Longer than a mail server may take; after it another worker sends it.
OUTBOX_LEASE = timedelta(seconds=env.int("OUTBOX_LEASE_SECONDS", default=180))

# Celery. Work that must not be lost is a database row; the broker only carries nudges (docs/reminders.md).
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="safefs://localhost")
# Nobody who presses a button waits long for a broker that does not answer: the row is there, the next look finds it.
CELERY_BROKER_TRANSPORT_OPTIONS: dict = {
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
if CELERY_BROKER_URL.startswith("safefs"):
    QUEUE_DIR = VAR_DIR / "queue"
    CONTROL_DIR = VAR_DIR / "queue-control"
    for folder in (QUEUE_DIR, CONTROL_DIR):
        folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR),
        "data_folder_out": str(QUEUE_DIR),
        "control_folder": str(CONTROL_DIR),
        "polling_interval": 0.1,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# Short intervals that look into the database; an entry expires before the next one, so that none pile up.
CELERY_BEAT_SCHEDULE = {
    "pulse": {"task": "outbox.tasks.pulse", "schedule": 15.0, "options": {"expires": 14}},
    "send_due": {"task": "outbox.tasks.send_due", "schedule": 60.0, "options": {"expires": 55}},
    "sweep": {"task": "accounts.tasks.sweep", "schedule": 86400.0, "options": {"expires": 3600}},
    "destroy_due": {"task": "interviews.tasks.destroy_due", "schedule": 3600.0, "options": {"expires": 3500}},
    "count_sites": {"task": "projects.tasks.count_sites", "schedule": 60.0, "options": {"expires": 55}},
    "run_due_jobs": {"task": "projects.tasks.run_due_jobs", "schedule": 60.0, "options": {"expires": 55}},
    "destroy_removed_files": {
        "task": "projects.tasks.destroy_removed_files",
        "schedule": 86400.0,
        "options": {"expires": 3600},
    },
    "forget_job_files": {"task": "projects.tasks.forget_job_files", "schedule": 86400.0, "options": {"expires": 3600}},
    "write_digests": {"task": "projects.tasks.write_digests", "schedule": 300.0, "options": {"expires": 290}},
}

# Security. The policy has no inline script or style; pictures come from here or from data: (form controls).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=SECURE)
# Balancers and monitoring ask from within, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Otherwise all people would share the proxy's address, and with it the limits on sign-in attempts.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Logs: one line an event on the terminal, for people (plain) or for a collector (json). Every line of a request carries
# its id, which the error pages show.
LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING" if EMBEDDED else "INFO").upper()
LOG_FORMAT = env.str("LOG_FORMAT", default="plain" if EMBEDDED else "json")
LOG_PROCESSORS: list = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso"),
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *LOG_PROCESSORS,
        drop_probes,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": structlog.stdlib.ProcessorFormatter,
            # Plain, because the pretty tracebacks print local variables: what people typed.
            "processor": structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
            "foreign_pre_chain": LOG_PROCESSORS,
        },
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": LOG_PROCESSORS,
        },
    },
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["terminal"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own lines about a request say the same again without its id.
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "CRITICAL"},
        "django.server": {"handlers": ["terminal"], "propagate": False},
    },
}
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
