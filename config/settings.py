"""The one settings file. Everything that differs between installations is read from the environment (`config/env.py`)."""

from __future__ import annotations

import logging
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import env
from core.stack import running_redis_url

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules
VAR = env.folder("SCRUTIN_VAR", BASE_DIR / "var")

SCRUTIN_DEMO = env.flag("SCRUTIN_DEMO")
SCRUTIN_URL = env.text("SCRUTIN_URL", "http://127.0.0.1:8000").rstrip("/")
DEBUG = env.flag("SCRUTIN_DEBUG")


def _secret_key() -> str:
    """The given key, or one made once for this installation and kept beside its data."""
    given = env.text("SCRUTIN_SECRET_KEY")
    if given:
        return given
    path = VAR / "secret-key"
    try:
        with path.open("x") as file:
            file.write(secrets.token_urlsafe(50))
        path.chmod(0o600)
    except FileExistsError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(f"The folder {VAR} cannot be written: {error.strerror}. Set SCRUTIN_VAR to one that can.") from error
    return path.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.words("SCRUTIN_HOSTS", f"{urlsplit(SCRUTIN_URL).hostname},localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [SCRUTIN_URL]
HTTPS = SCRUTIN_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "core",
    "accounts",
    "missions",
    "observers",
    "field",
    "reports",
    "config",
    "django_cotton",
    "django_htmx",
    "rules",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_celery_beat",
    "django_prometheus",
    "django_structlog",
]

DOORS = ("/openrosa/",)
DOOR_MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]
MIDDLEWARE = [
    "core.doors.ShortChain",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.middleware.ZoneMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "core.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.house",
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL", f"sqlite:///{VAR}/scrutin.sqlite3"), base=BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL") or running_redis_url(VAR) or "redis://127.0.0.1:6379/0"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "scrutin"}}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 1000, "unacked_restore_throttle": 1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"core.run_job": {"queue": "documents"}, "core.beat": {"queue": "urgent"}}
CELERY_TASK_ALWAYS_EAGER = TESTING and not env.flag("SCRUTIN_TEST_BROKER")
CELERY_TIMEZONE = "UTC"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapters.ClosedAccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": False}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Scrutin"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# A delegation sits behind one hotel address: lock the account from that address, never the address.
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
KNOX_TOKEN_MODEL = "knox.AuthToken"
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token"}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("SCRUTIN_STATIC", str(BASE_DIR / "build" / "collected")))
for _folder in (STATIC_ROOT, BASE_DIR / "build" / "static"):
    _folder.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "build" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map")
# Else each client of the tests would walk through all static files: 40 ms of processor time, two thousand times.
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9a-zA-Z]{8,12}\..+$"
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
SCRUTIN_FONTS = Path(env.text("SCRUTIN_FONTS", str(BASE_DIR / "node_modules" / "@expo-google-fonts")))

globals().update(env.mail(env.text("EMAIL_URL", "memory:" if TESTING else f"file://{VAR}/mail")))
SCRUTIN_MAILBOX = env.text("SCRUTIN_MAILBOX")
# Under which licence the public site gives its data away.
SCRUTIN_DATA_LICENCE = env.text("SCRUTIN_DATA_LICENCE", "Creative Commons Attribution 4.0 International")
SCRUTIN_DATA_LICENCE_URL = env.text("SCRUTIN_DATA_LICENCE_URL", "https://creativecommons.org/licenses/by/4.0/")
DEFAULT_FROM_EMAIL = env.text("SCRUTIN_FROM", "Scrutin <scrutin@localhost>")
# The key pair by which push services know us (PEM); without it one is made and kept beside the data.
SCRUTIN_VAPID_KEY = env.text("SCRUTIN_VAPID_KEY")
# Tests and trials may push to http and to this machine; a real installation never.
SCRUTIN_PUSH_ANYWHERE = (TESTING or SCRUTIN_DEMO or DEBUG) and env.flag("SCRUTIN_PUSH_ANYWHERE")
# Without it the door for what came back is closed.
SCRUTIN_BOUNCE_TOKEN = env.text("SCRUTIN_BOUNCE_TOKEN", "door-of-the-tests" if TESTING else "")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("SCRUTIN_BEHIND_PROXY") else None
SECURE_SSL_REDIRECT = HTTPS and env.flag("SCRUTIN_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.number("SCRUTIN_HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {"camera": ["self"], "geolocation": ["self"], "microphone": [], "payment": [], "usb": []}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "field.authentication.DeviceAuthentication",
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "core.api.RefusalHandler",
    "EXCEPTION_FORMATTER_CLASS": "core.api.RefusalFormatter",
    "ALLOWED_ERROR_STATUS_CODES": ["400", "401", "403", "404", "409"],
    "ERROR_SCHEMAS": {"409": "core.api.RefusalSerializer"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Scrutin",
    "DESCRIPTION": "Election observation missions of the Congress of Local and Regional Authorities of the Council of Europe.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    # One line for each kind of thing, and a field that finds it: of all operations at once the page draws only those in sight.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "none", "filter": True, "persistAuthorization": False},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_standardized_errors.openapi_hooks.postprocess_schema_enums",
        "core.api.say_wall_times",
        "core.api.leave_out_storage_limits",
        "field.api.odata.keep_dollar_signs",
    ],
    "ENUM_NAME_OVERRIDES": {
        "LanguageEnum": "core.enums.Language",
        "ElectionKindEnum": "missions.enums.ElectionKind",
        "MissionFormatEnum": "missions.enums.MissionFormat",
        "MeetingKindEnum": "missions.enums.MeetingKind",
        "AssignmentRoleEnum": "missions.enums.AssignmentRole",
        "TeamRoleEnum": "observers.enums.TeamRole",
        "InterestAnswerEnum": "observers.enums.InterestAnswer",
        "FormVersionStateEnum": "field.enums.VersionState",
        "LevelEnum": "observers.enums.MandateLevel",
        "MissionTextKindEnum": "reports.enums.MissionTextKind",
        "MissionTextStateEnum": "reports.enums.MissionTextState",
        "RemarkKindEnum": "reports.enums.RemarkKind",
        "RemarkActEnum": "reports.enums.RemarkAct",
        "RemarkStateEnum": "reports.enums.RemarkState",
        "WordDocumentStateEnum": "reports.enums.ImportState",
        "PracticeLevelEnum": "reports.enums.PracticeLevel",
        "PracticeStateEnum": "reports.enums.PracticeState",
        "AddresseeEnum": "reports.enums.Addressee",
        "ValidationErrorEnum": "drf_standardized_errors.openapi_serializers.ValidationErrorEnum",
        "ClientErrorEnum": "drf_standardized_errors.openapi_serializers.ClientErrorEnum",
    },
}

# Practices of the house that the rules of membership leave open (docs/membership.md, R15 and C14).
OBSERVERS_YOUTH_MAY_OBSERVE = env.flag("SCRUTIN_YOUTH_MAY_OBSERVE")
OBSERVERS_HONORARY_MAY_OBSERVE = env.flag("SCRUTIN_HONORARY_MAY_OBSERVE")
OBSERVERS_GRACE_MAY_OBSERVE = env.flag("SCRUTIN_GRACE_MAY_OBSERVE", default=True)

# So many days unsaved words of a report and Word documents that were brought back are kept (docs/operations.md).
REPORTS_DRAFT_DAYS = env.number("SCRUTIN_DRAFT_DAYS", 60)
REPORTS_WORD_DAYS = env.number("SCRUTIN_WORD_DAYS", 90)

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": structlog.stdlib.ProcessorFormatter, "processor": structlog.processors.JSONRenderer()},
        "plain": {"()": structlog.stdlib.ProcessorFormatter, "processor": structlog.dev.ConsoleRenderer(colors=False)},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": env.text("SCRUTIN_LOG_FORMAT", "plain")},
    },
    "root": {"handlers": ["console"], "level": env.text("SCRUTIN_LOG_LEVEL", "WARNING" if TESTING else "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}, "matplotlib": {"level": "WARNING"}},
}
# No names of people in logs: the account's key is enough to find them.
DJANGO_STRUCTLOG_USER_ID_FIELD = "uuid"
# One line for a request, when it has been answered; and no addresses of people.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

if env.text("SENTRY_DSN"):
    import sentry_sdk  # an extra: installed only where errors are reported

    sentry_sdk.init(dsn=env.text("SENTRY_DSN"), send_default_pii=False)
