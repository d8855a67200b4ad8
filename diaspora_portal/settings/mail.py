"""Mail and background work: the mail server, the outbox, Celery. Imported by base.py."""

from email.utils import parseaddr

from .environment import SITE_NAME, env

# --- the mail server --------------------------------------------------------------------------------------------------
vars().update(env.email("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_BACKEND = "apps.outbox.backend.OutboxBackend"  # whatever calls Django's mail functions goes through the outbox
EMAIL_TIMEOUT = 10  # seconds for each answer of the mail server
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <no-reply@iom-belux.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
CONTACT_ADDRESS = env.str("CONTACT_ADDRESS", "diaspora@iom-belux.example")
MAIL_DOMAIN = parseaddr(DEFAULT_FROM_EMAIL)[1].partition("@")[2]  # the right part of every Message-ID

# --- the outbox -------------------------------------------------------------------------------------------------------
# Mails a second of each lane, for all workers together; 0: as fast as the mail server takes them.
OUTBOX_RATES = {
    "account": env.float("MAIL_RATE_ACCOUNT", 0),
    "notice": env.float("MAIL_RATE_NOTICE", 0),
    "bulk": env.float("MAIL_RATE_BULK", 0),
}
OUTBOX_BATCH = 100  # mails that a worker takes at once
OUTBOX_LEASE = env.int("MAIL_LEASE", 120)  # seconds; more than a batch's 20 and the slowest single mail together
OUTBOX_LAST_ANSWER = 25  # seconds for the answer to a whole mail, which a server may scan first
OUTBOX_MAILS_A_CONNECTION = env.int("MAIL_MAILS_A_CONNECTION", 500)
SUPPRESSION_KEY = env.str("SUPPRESSION_KEY", "")  # of the hashes of addresses; empty: the SECRET_KEY

# Who settles what is uncertain, and tells of bounces: a log in Postfix's format that this machine can read …
MAIL_LOG = env.str("MAIL_LOG", "")
# … or one of two providers, whose webhook is /webhooks/mail/<provider>/
MAIL_PROVIDER = env.str("MAIL_PROVIDER", "")  # "mailgun", "postmark" or none
ANYMAIL = {
    "WEBHOOK_SECRET": env.str("MAIL_WEBHOOK_SECRET", ""),  # "name:password" in the webhook's address
    "MAILGUN_WEBHOOK_SIGNING_KEY": env.str("MAILGUN_WEBHOOK_SIGNING_KEY", ""),
}

# --- Celery -----------------------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_throttle": 1,
    # Without a broker a page is told at once and not after six seconds. Workers try again by settings of their own.
    "max_retries": 0,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_DEFAULT_QUEUE = "default"
# Nothing else, long or short, stands before a code that somebody waits for.
CELERY_TASK_ROUTES = {"outbox.deliver": {"queue": "mail"}, "outbox.sweep": {"queue": "mail"}}
CELERY_TIMEZONE = "UTC"
