"""Settings of the site. Every value that differs between machines comes from the environment (see .env.example)."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from mediation.conf.env import database, flag, read_env_file, secret, short_socket, text, words

BASE_DIR = Path(__file__).resolve().parent.parent.parent
read_env_file(BASE_DIR / ".env")
VAR_DIR = BASE_DIR / text("VAR_DIR", "var")  # what the site keeps: database, files, logs, secrets of its own
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = flag("DEBUG", default=False)
USE_DEMO = flag(
    "USE_DEMO", default=True
)  # demo people, the page of sent messages, credentials on the sign-in page
SECRET_KEY = secret("SECRET_KEY", VAR_DIR)
PERSONAL_DATA_KEY = secret("PERSONAL_DATA_KEY", VAR_DIR)  # seals names, phones and evidence bodies (AES-GCM)
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "evidence",
    "cases",
    "mediation",
    "mediation.notices",
    "mediation.papers",
    "mediation.suggestions",
    "mediation.bids",
    "mediation.hearings",
    "mediation.agreements",
    "mediation.court",
    "mediation.performance",
    "mediation.dossier",
    "mediation.pictures",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mediation.entrance.gate.only_plain_addresses",
    "mediation.http.TryLaterPage",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "mediation.urls"
ASGI_APPLICATION = "mediation.asgi.application"
WSGI_APPLICATION = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mediation.http.house",
            ],
            "builtins": ["mediation.templatetags.house"],
        },
    }
]
FORM_RENDERER = "mediation.forms.HouseRenderer"

DATABASES = {"default": database("DATABASE_URL", VAR_DIR / "mediation.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "mediation.entrance.front.locked_out"

SESSION_COOKIE_AGE = 90 * 24 * 3600  # a draft is kept 90 days on its phone
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mediation.http.stale_form"
HTTPS_ONLY = flag("HTTPS_ONLY", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS_ONLY
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'", "ws:", "wss:"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "evidence.safe.storage.SealedFolder"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if text("S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "evidence.safe.bucket.Bucket",
        "OPTIONS": {
            "bucket": text("S3_BUCKET"),
            "endpoint": text("S3_ENDPOINT"),
            "region": text("S3_REGION"),
            "key": text("S3_ACCESS_KEY"),
            "secret": text("S3_SECRET_KEY"),
            "style": text("S3_STYLE"),
        },
    }
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["gz", "br", "png", "jpg", "webp", "woff2", "map"]
MEDIA_ROOT = VAR_DIR / "deposits"
MEDIA_URL = "/never-served-directly/"
MAX_UPLOAD_BYTES = 100 * 1024 * 1024  # one evidence file
MAX_RECORDING_SECONDS = 5 * 60  # a spoken story
TRANSCRIPTION_LOST_AFTER_S = float(text("TRANSCRIPTION_LOST_AFTER_S", "60"))  # of a silent worker
SUGGESTIONS_BY_DEFAULT = flag("SUGGESTIONS_BY_DEFAULT", default=True)  # for mediators who have not chosen
STUN_URLS = words(
    "STUN_URLS", ""
)  # how browsers in a hearing find each other; none: on one network, or by TURN
TURN_URLS = words("TURN_URLS", "")  # relays for browsers that cannot reach each other (docs/operate.md)
TURN_SECRET = text("TURN_SECRET")  # shared with the relay (coturn: static-auth-secret)
LOG_ORIGIN = text("LOG_ORIGIN")  # the name of the log, for good; empty: one is made at the first start
EVIDENCE_POLICY = Path(
    text("EVIDENCE_POLICY", str(VAR_DIR / "policy.txt"))
)  # whose signatures make evidence count
WITNESSES: dict[str, str] | Path = (  # where the witnesses of the policy are reached, by name
    dict(word.split("=", 1) for word in words("WITNESSES", "")) or VAR_DIR / "witnesses.txt"
)
EVIDENCE_WAIT_S = float(text("EVIDENCE_WAIT_S", "5"))  # for the proof of an act with legal effect
EVIDENCE_CHECKPOINT_EACH_S = float(text("EVIDENCE_CHECKPOINT_EACH_S", "1"))  # at most one in this time
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "mediation.files.uploading.LargestFile",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "mediation.files.uploading.DiskFile",
]

EMBEDDED_BROKER = not text("REDIS_URL")  # run_site starts a Valkey of its own
REDIS_URL = text("REDIS_URL", f"unix://{short_socket(VAR_DIR)}")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ROUTES = {
    "mediation.hearings.tasks.*": {"queue": "heavy"},
    "mediation.dossier.tasks.*": {"queue": "heavy"},
    "mediation.pictures.tasks.*": {"queue": "heavy"},
    "mediation.suggestions.tasks.*": {"queue": "heavy"},
    "cases.tasks.*": {"queue": "heavy"},
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "deliver-notices": {"task": "mediation.notices.tasks.deliver_due", "schedule": 10.0},
    "climb-ladders": {"task": "mediation.notices.tasks.climb_ladders", "schedule": 300.0},
    "make-papers": {"task": "mediation.papers.tasks.render_due", "schedule": 15.0},
    "read-pictures": {"task": "mediation.pictures.tasks.read_due", "schedule": 60.0},
    "put-files-together": {"task": "mediation.dossier.tasks.build_due", "schedule": 15.0},
    "take-up-transcriptions": {"task": "mediation.hearings.tasks.sweep", "schedule": 15.0},
    "seal-streams": {"task": "mediation.hearings.live.tasks.sweep", "schedule": 15.0},
    "deliver-to-court": {"task": "mediation.court.tasks.deliver", "schedule": 60.0},
    "watch-limits": {"task": "cases.tasks.sweep_limits", "schedule": 300.0},
    "end-bid-rounds": {"task": "mediation.bids.tasks.end_rounds", "schedule": 60.0},
    "clear-away": {"task": "mediation.tasks.clear_away", "schedule": 3600.0},
    "index-precedents": {"task": "cases.tasks.index_precedents", "schedule": 60.0},
    "read-settled": {"task": "mediation.suggestions.tasks.read_settled", "schedule": 120.0},
    "tend-log": {"task": "evidence.tasks.tend_log", "schedule": 10.0},  # in case that no `run_log` runs
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
    "NUM_PROXIES": 0,  # the server has already put the real address where it belongs
    "EXCEPTION_HANDLER": "mediation.api.errors.as_problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Mediation API",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ClaimKindEnum": "cases.claims.ClaimKind",
        "LicenceEnum": "cases.rules.caps.Licence",
        "TermKindEnum": "mediation.agreements.models.Term.Kind",
        "RulingKindEnum": "mediation.court.models.Ruling.Kind",
        "ApplicationStateEnum": "mediation.court.models.JointApplication.State",
        "SideEnum": "cases.roles.Side",
    },
}

# Which class stands behind each port, and its keyword arguments (docs/adapters.md).
SPEECH_SET: dict[str, object] = {  # what the engine of speech is told
    "model": text("SPEECH_MODEL"),
    "url": text("SPEECH_URL"),
    "key": text("SPEECH_KEY"),
    "published": text("SPEECH_PUBLISHED"),
    "family": text("SPEECH_FAMILY"),
}
SPEECH = {name: value for name, value in SPEECH_SET.items() if value}
ADAPTERS: dict[str, tuple[str, dict[str, object]]] = {
    "speech": (text("SPEECH_ENGINE", "mediation.hearings.engines.whisper.WhisperEngine"), SPEECH),
    "media": ("mediation.hearings.media.port.Mesh", {}),
    "captions": (
        text("CAPTIONS_ENGINE", text("SPEECH_ENGINE", "mediation.hearings.engines.whisper.WhisperEngine")),
        SPEECH
        | ({} if text("SPEECH_ENGINE") or text("CAPTIONS_ENGINE") else {"cpu_threads": 1, "side_by_side": 2}),
    ),
    "embedder": (
        text("EMBEDDER", "cases.similarity.e5.E5Embedder"),
        {"path_or_name": text("EMBEDDER_MODEL")} if text("EMBEDDER_MODEL") else {},
    ),
    "stories": (
        text("STORY_ENCODER", "cases.similarity.e5_told.E5Told"),
        {"changes": str(BASE_DIR / "cases" / "analysis" / "tuned.npz")},
    ),
    "identities": ("cases.similarity.e5_told.E5Told", {"layers": 9}),
    "ocr": (text("PICTURE_READER", "mediation.pictures.engines.rapid.RapidReader"), {}),
    "voices": ("mediation.hearings.diarization.ge2e.Ge2ePrinter", {}),
    "signer": ("mediation.agreements.signing.ClickSigner", {}),
    "court": ("mediation.court.gateway.LocalCourtGateway", {}),
    "notifier.inbox": ("mediation.notices.notifier.InboxNotifier", {}),
    "notifier.sms": ("mediation.notices.notifier.FileNotifier", {"folder": str(VAR_DIR / "messages")}),
    "notifier.email": ("mediation.notices.mail.FileMailNotifier", {"folder": str(VAR_DIR / "mails")}),
    "timestamps": ("evidence.time.timestamps.LocalTimestampAuthority", {"folder": str(VAR_DIR)}),
    "log_keys": ("evidence.log.signing.SealedKeys", {}),
    "document_seal": ("mediation.documents.seal.SiteSeal", {}),
}
if text("STORY_ENCODER") == "none":  # stories are read by rules and linear models alone
    del ADAPTERS["stories"], ADAPTERS["identities"]
if text("EMBEDDER_BEFORE"):  # answers searches until the vectors of EMBEDDER are whole
    ADAPTERS["embedder.before"] = (
        text("EMBEDDER_BEFORE"),
        {"path_or_name": text("EMBEDDER_BEFORE_MODEL")} if text("EMBEDDER_BEFORE_MODEL") else {},
    )
# Where vectors are searched: "memory" compares each; "pgvector" uses an HNSW index of PostgreSQL.
VECTOR_STORE = text("VECTOR_STORE", "memory")
# Sound of hearings goes through Janus, for more people than browsers can connect directly.
if text("JANUS_URL"):
    ADAPTERS["media"] = (
        "mediation.hearings.media.janus.Janus",
        {
            "url": text("JANUS_URL"),
            "secret": text("JANUS_SECRET"),
            "room_key": text("JANUS_ROOM_KEY"),
        },
    )
if text("TIMESTAMP_URL"):
    ADAPTERS["timestamps"] = (
        "evidence.time.timestamps.HttpTimestampAuthority",
        {
            "url": text("TIMESTAMP_URL"),
            "certificates": text("TIMESTAMP_CERTIFICATES", str(VAR_DIR / "timestamps.pem")),
            "user": text("TIMESTAMP_USER"),
            "password": text("TIMESTAMP_PASSWORD"),
        },
    )
if text("HSM_MODULE"):
    ADAPTERS["log_keys"] = (
        "evidence.log.pkcs11.Pkcs11Keys",
        {"module": text("HSM_MODULE"), "token": text("HSM_TOKEN", "log"), "pin": text("HSM_PIN")},
    )
if text("COURT_FOLDER"):
    ADAPTERS["court"] = ("mediation.court.gateway.FolderCourtGateway", {"folder": text("COURT_FOLDER")})
if text("SEAL_FILE"):
    ADAPTERS["document_seal"] = (
        "mediation.documents.seal.Pkcs12Seal",
        {"path": text("SEAL_FILE"), "password": text("SEAL_PASSWORD")},
    )
if text("EMAIL_HOST"):
    ADAPTERS["notifier.email"] = (
        "mediation.notices.mail.SmtpNotifier",
        {
            "host": text("EMAIL_HOST"),
            "port": int(text("EMAIL_PORT", "587")),
            "sender": text("EMAIL_SENDER"),
            "user": text("EMAIL_USER"),
            "password": text("EMAIL_PASSWORD"),
            "security": text("EMAIL_SECURITY", "starttls"),
        },
    )
if text("ALIYUN_SMS_TEMPLATE"):
    ADAPTERS["notifier.sms"] = (
        "mediation.notices.aliyun.AliyunSmsNotifier",
        {
            "access_key": text("SMS_ACCESS_KEY"),
            "secret": text("SMS_SECRET"),
            "sign": text("SMS_SIGN"),
            "template": text("ALIYUN_SMS_TEMPLATE"),
            "code_template": text("ALIYUN_SMS_CODE_TEMPLATE"),
        },
    )
elif text("SMS_URL"):
    ADAPTERS["notifier.sms"] = (
        "mediation.notices.sms.HttpSmsNotifier",
        {
            "url": text("SMS_URL"),
            "access_key": text("SMS_ACCESS_KEY"),
            "secret": text("SMS_SECRET"),
            "sign": text("SMS_SIGN"),
            "template": text("SMS_TEMPLATE"),
        },
    )

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": text("LOG_LEVEL", "WARNING")},
    "loggers": {"mediation.viewings": {"level": "INFO"}},  # who looked at which file
}
SMS_REPORT_SECRET = text(
    "SMS_REPORT_SECRET"
)  # signs the status reports of a text-message gateway; empty: none are taken
SITE_URL = text("SITE_URL").rstrip("/")  # https://… as text messages name the site; may be empty
HELP_PHONE = text("HELP_PHONE", "12368")  # shown on every page as the number to call
