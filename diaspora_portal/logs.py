"""Structured logs: one event a line, with the request id that follows a request into its tasks.

No addresses, names or bodies are logged: events carry ids only.
"""

import re

import structlog

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
DETAIL = re.compile(r"DETAIL:.*")  # PostgreSQL quotes the whole row
SECRET = re.compile(r"(/delete/cancel/)[^/\s]+")  # whoever has this part of an address may do what its page does
SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _only_endings(logger, method, event):
    """A request is told once, when it is over."""
    if event.get("event") == "request_started":
        raise structlog.DropEvent
    return event


def _without_people(logger, method, event):
    """Blank addresses and secrets wherever they stand, in an error's text too; leave out what a reader searched for."""
    if "request" in event:
        event["request"] = event["request"].partition("?")[0]
    return {name: _blanked(value) if isinstance(value, str) else value for name, value in event.items()}


def _blanked(text: str) -> str:
    return DETAIL.sub("DETAIL: [left out]", SECRET.sub(r"\1[secret]", ADDRESS.sub("[address]", text)))


def configure(*, as_json: bool) -> dict:
    """Set structlog up and return Django's LOGGING: JSON lines for machines, short lines for a person's terminal."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            _only_endings,
            *SHARED,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=False,
            exception_formatter=structlog.dev.plain_traceback,  # the pretty one prints local variables: people's data
        )
    )
    tasks = "INFO" if as_json else "WARNING"  # the beat's rounds, every few seconds, would fill a person's terminal
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    _without_people,
                    last,
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"level": "INFO"},
            "django.server": {"handlers": ["console"], "propagate": False},
            **dict.fromkeys(["celery", "django_structlog.celery"], {"level": tasks}),
        },
    }
