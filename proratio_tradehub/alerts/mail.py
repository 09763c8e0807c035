"""E-mail for what can wait: the day and the week, over an encrypted connection or not at all."""

from __future__ import annotations

import html
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, getaddresses, make_msgid
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from proratio_core.errors import ConfigurationError, DataError, ProratioError, TransientError
from proratio_tradehub.alerts.messages import Message
from proratio_tradehub.alerts.news import DailySummary, News, WeeklyReport

__all__ = ["MailChannel", "MailServer"]

_FIRST_PERMANENT_CODE: Final = 500
_WHERE: Final = "PRORATIO_SMTP_HOST, PRORATIO_SMTP_PORT and PRORATIO_SMTP_SECURITY"


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our mail.

    Parameters
    ----------
    host, port
        Where it is.
    is_tls_at_once
        Encrypted from the first byte (port 465); else STARTTLS, which the server has to offer.
    username, password
        The login; without a user name there is none.
    ca_file
        Certificates to trust instead of the system's.
    timeout_s
        How long it may be silent.
    """

    host: str
    port: int
    is_tls_at_once: bool = False
    username: str | None = None
    password: SecretStr | None = None
    ca_file: Path | None = None
    timeout_s: float = 15.0

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class MailChannel:
    """One sender, any number of readers; a connection for each message.

    The server has to prove who it is before it learns the password: there is no switch to leave
    that out, but `MailServer.ca_file` can name who vouches for it.

    Parameters
    ----------
    server
        Where mail is handed in.
    sender, readers
        Addresses; several readers are separated by commas.

    Raises
    ------
    ConfigurationError
        An address is none, or the certificates are not readable.
    """

    name = "E-mail"
    pace_s = 1.0

    def __init__(self, server: MailServer, *, sender: str, readers: str) -> None:
        self._server = server
        self._password = "" if server.password is None else server.password.get_secret_value()
        self._sender = _addresses(sender, "PRORATIO_SMTP_FROM")[0]
        self._readers = _addresses(readers, "PRORATIO_SMTP_TO")
        try:
            self._tls = ssl.create_default_context(cafile=server.ca_file)
        except OSError as error:
            raise ConfigurationError(
                f"PRORATIO_SMTP_CA_FILE={server.ca_file} is not a readable file of certificates "
                "(PEM)"
            ) from error

    def takes(self, news: News) -> bool:
        """Return whether it is a summary; what is urgent does not go by mail."""
        return isinstance(news, DailySummary | WeeklyReport)

    def send(self, message: Message) -> None:
        """Send one message to every reader.

        Raises
        ------
        ConfigurationError, DataError, TransientError
            As `Channel.send` says.
        """
        letter = self._letter(message)
        with self._translating(), self._connection() as connection:
            if self._server.username is not None:
                connection.login(self._server.username, self._password)
            connection.send_message(letter, self._sender, self._readers)

    def close(self) -> None:
        """Do nothing: no connection outlives a message."""

    def _connection(self) -> smtplib.SMTP:
        where, limit_s = self._server, self._server.timeout_s
        ours = socket.gethostname()  # else the library asks a name server, and may wait for it
        if where.is_tls_at_once:
            return smtplib.SMTP_SSL(
                where.host, where.port, ours, timeout=limit_s, context=self._tls
            )
        connection = smtplib.SMTP(where.host, where.port, ours, timeout=limit_s)
        try:
            connection.starttls(context=self._tls)
        except BaseException:
            connection.close()
            raise
        return connection

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["Subject"] = message.subject
        letter["From"] = self._sender
        letter["To"] = ", ".join(self._readers)
        letter["Date"] = formatdate()
        letter["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2])
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text)
        body = message.html.replace("\n", "<br>\n")
        title = html.escape(message.subject)
        letter.add_alternative(
            f'<!doctype html><title>{title}</title><body style="font-family: sans-serif">{body}',
            subtype="html",
        )
        if message.picture_png is not None:
            letter.add_attachment(
                message.picture_png, maintype="image", subtype="png", filename="chart.png"
            )
        return letter

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except (smtplib.SMTPException, OSError) as error:
            raise self._translated(error) from None  # the original may carry the login

    def _translated(self, error: smtplib.SMTPException | OSError) -> ProratioError:
        where = self._server
        failure: ProratioError
        match error:
            case ssl.SSLCertVerificationError():
                failure = ConfigurationError(
                    f"the mail server {where} cannot prove who it is ({error.verify_message}); "
                    "nothing was sent. Correct PRORATIO_SMTP_HOST, or name its authority in "
                    "PRORATIO_SMTP_CA_FILE"
                )
            case smtplib.SMTPNotSupportedError():
                failure = ConfigurationError(
                    f"the mail server {where} lacks what is needed ({error}); nothing was sent in "
                    f"the clear. See {_WHERE}"
                )
            case smtplib.SMTPAuthenticationError() if _is_permanent(error):
                failure = ConfigurationError(
                    f"the mail server {where} does not accept the login "
                    f"({self._said(error.smtp_error)}); see PRORATIO_SMTP_USERNAME and "
                    "PRORATIO_SMTP_PASSWORD; many providers want a password for this program alone"
                )
            case smtplib.SMTPRecipientsRefused():
                failure = self._unwanted(error)
            case smtplib.SMTPSenderRefused() if _is_permanent(error):
                failure = ConfigurationError(
                    f"the mail server {where} does not let {self._sender} send "
                    f"({self._said(error.smtp_error)}); see PRORATIO_SMTP_FROM"
                )
            case smtplib.SMTPDataError() if _is_permanent(error):
                failure = DataError(
                    f"the mail server refuses this message: {self._said(error.smtp_error)}"
                )
            case ssl.SSLError():
                failure = ConfigurationError(
                    f"no encrypted connection to {where} ({error.reason}); see {_WHERE}"
                )
            case smtplib.SMTPResponseException():
                failure = TransientError(
                    f"the mail server {where} is not ready: {self._said(error.smtp_error)}"
                )
            case _:
                failure = TransientError(f"no mail server answers at {where} ({self._said(error)})")
        return failure

    def _unwanted(self, error: smtplib.SMTPRecipientsRefused) -> ProratioError:
        code, said = next(iter(error.recipients.values()))
        text = f"the mail server does not take mail for {next(iter(error.recipients))}: "
        text += self._said(said)
        if code >= _FIRST_PERMANENT_CODE:
            return ConfigurationError(f"{text}; see PRORATIO_SMTP_TO")
        return TransientError(text)

    def _said(self, words: object) -> str:
        text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        if self._password:
            text = text.replace(self._password, "***")
        return " ".join(text.split())[:200]


def _is_permanent(error: smtplib.SMTPResponseException) -> bool:
    return error.smtp_code >= _FIRST_PERMANENT_CODE


def _addresses(text: str, variable: str) -> list[str]:
    found = [address for _, address in getaddresses([text])]
    if not found or not all("@" in address.strip("@") for address in found):
        raise ConfigurationError(f"{variable} is {text!r}; expected an address such as me@here.org")
    return found
