"""Structured logs: one set-up, JSON or console, secrets redacted."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

from proratio_core.settings import Settings, foreign_secrets

__all__ = ["configure_logs", "masked_records", "masker", "redactor", "secrets_of"]

_QUIET = (
    *("httpx", "httpx2", "httpcore", "httpcore2", "urllib3"),
    *("openai", "anthropic", "google_genai", "ccxt", "telegram"),
)
"""Libraries that log whole URLs, and so tokens, at INFO."""

_URL_PASSWORD = re.compile(r"(\w+://[^/\s:@]*:)[^@\s/]+@")
_ADDRESS_LOGIN = re.compile(r"\w+://([^/\s:@]*):([^@\s/]+)@")
_SHORTEST_PASSWORD = 6
_FORMATTER = logging.Formatter()


def redactor(secrets: Iterable[str]) -> Processor:
    """Return a structlog processor that masks `secrets` and passwords inside URLs."""
    words = sorted({word for word in secrets if word}, key=len, reverse=True)

    def mask(value: object) -> object:
        if isinstance(value, str):
            for word in words:
                value = value.replace(word, "***")
            return _URL_PASSWORD.sub(r"\1***@", value)
        if isinstance(value, dict):
            return {key: mask(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [mask(item) for item in value]
        if isinstance(value, BaseException):
            return mask(repr(value))
        return value

    def process(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {key: mask(value) for key, value in event.items()}

    return process


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return every secret of the settings, of Freqtrade's, and the passwords inside addresses."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    secrets += foreign_secrets()
    return (*secrets, *(word for secret in secrets for word in _passwords_in(secret)))


def _passwords_in(text: str) -> Iterator[str]:
    """Yield the passwords in addresses, but those that are words every log has."""
    for name, password in _ADDRESS_LOGIN.findall(text):
        if len(password) >= _SHORTEST_PASSWORD and password != name:
            yield from {password, unquote(password)}


def masker(settings: Settings) -> Callable[[str], str]:
    """Return what masks every secret of the settings, and any password in a URL, in a text."""
    process = redactor(secrets_of(settings))

    def mask(text: str) -> str:
        event = process(None, "", {"event": text})
        return str(event["event"]) if isinstance(event, dict) else ""

    return mask


@contextmanager
def masked_records(settings: Settings) -> Iterator[None]:
    """Mask secrets in each record while the block runs: for libraries that write their own logs.

    What `configure_logs` set up masks by itself.
    """
    masked, usual = masker(settings), logging.getLogRecordFactory()

    def make(*words: Any, **named: Any) -> logging.LogRecord:
        record = usual(*words, **named)
        said = _said(record)
        if isinstance(record.msg, str) and masked(said) != said:
            record.msg, record.args = masked(said), ()
        if record.exc_info:
            record.exc_text = masked(_FORMATTER.formatException(record.exc_info))
        return record

    logging.setLogRecordFactory(make)
    try:
        yield
    finally:
        logging.setLogRecordFactory(usual)


def _said(record: logging.LogRecord) -> str:
    """Return the message; where its arguments do not fit, both: that is for its handler to say."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args}"


def configure_logs(settings: Settings) -> None:
    """Send every log of the process, ours and the libraries', to standard error in one form."""
    secrets = secrets_of(settings)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redactor(secrets),
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
