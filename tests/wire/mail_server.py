"""A mail server on a loopback port, in a thread: as much SMTP as a sender speaks, and its refusals.

with MailServer(folder) as server:
    server.refuse["AUTH"] = "535 5.7.8 credentials invalid"
"""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USERNAME = "anna"
PASSWORD = "canary-smtp-9c41d7"
_ANSWERS = {"STARTTLS": "220 go ahead", "DATA": "354 go on", "QUIT": "221 bye"}


class MailServer:
    """Takes mail from whoever logs in over TLS.

    Parameters
    ----------
    folder
        Where the certificate is written; `ca_file` names it.
    is_tls_at_once
        Encrypted from the first byte, else after STARTTLS.
    offers_starttls
        Whether it can be encrypted at all.
    is_silent
        Connections are accepted and nothing is ever said.
    name
        Whom the certificate is for.
    """

    def __init__(
        self,
        folder: Path,
        *,
        is_tls_at_once: bool = False,
        offers_starttls: bool = True,
        is_silent: bool = False,
        name: str = "127.0.0.1",
    ) -> None:
        self.ca_file = folder / "mail.pem"
        _write_certificate(self.ca_file, name)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.ca_file)
        self.is_tls_at_once = is_tls_at_once
        self._offers_starttls = offers_starttls
        self._is_silent = is_silent
        self.refuse: dict[str, str] = {}
        self.letters: list[EmailMessage] = []
        self.readers: list[str] = []
        self.clear: list[bytes] = []
        self._is_over = threading.Event()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._thread = threading.Thread(target=self._serve, name="mail-server", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join(timeout=10)
        self._listener.close()

    @cached_property
    def port(self) -> int:
        number: int = self._listener.getsockname()[1]
        return number

    def environment(self) -> dict[str, str]:
        """Return the variables that point Proratio at this server."""
        return {
            "PRORATIO_SMTP_HOST": "127.0.0.1",
            "PRORATIO_SMTP_PORT": str(self.port),
            "PRORATIO_SMTP_SECURITY": "tls" if self.is_tls_at_once else "starttls",
            "PRORATIO_SMTP_USERNAME": USERNAME,
            "PRORATIO_SMTP_PASSWORD": PASSWORD,
            "PRORATIO_SMTP_FROM": "bot@proratio.test",
            "PRORATIO_SMTP_TO": "anna@proratio.test",
            "PRORATIO_SMTP_CA_FILE": str(self.ca_file),
        }

    def _serve(self) -> None:
        while not self._is_over.is_set():
            with suppress(TimeoutError):
                connection, _ = self._listener.accept()
                with connection, suppress(OSError):
                    connection.settimeout(5)
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        if self._is_silent:
            self._is_over.wait(5)
            return
        if self.is_tls_at_once:
            with self._tls.wrap_socket(connection, server_side=True) as secret:
                _say(secret, "220 mail.proratio.test")
                self._converse(secret, is_secret=True)
            return
        _say(connection, "220 mail.proratio.test")
        if self._converse(connection, is_secret=False):
            with self._tls.wrap_socket(connection, server_side=True) as secret:
                self._converse(secret, is_secret=True)

    def _converse(self, connection: socket.socket, *, is_secret: bool) -> bool:
        """Answer line by line; return whether the rest is to be encrypted."""
        with connection.makefile("rb") as lines:
            for raw in lines:
                if not is_secret:
                    self.clear.append(raw)
                verb, _, rest = raw.decode(errors="replace").strip().partition(" ")
                answer = self.refuse.get(verb.upper()) or self._answer(
                    verb.upper(), rest, is_secret=is_secret
                )
                _say(connection, answer)
                if answer.startswith("354"):
                    self._take(iter(lines))
                    _say(connection, self.refuse.get("MESSAGE", "250 taken"))
                if answer.startswith("220"):
                    return True
        return False

    def _answer(self, verb: str, rest: str, *, is_secret: bool) -> str:
        if verb == "EHLO":
            more = "AUTH PLAIN" if is_secret else "STARTTLS" if self._offers_starttls else "HELP"
            return f"250-mail.proratio.test\r\n250 {more}"
        if verb == "AUTH":
            login = base64.b64decode(rest.rsplit(maxsplit=1)[-1]).decode().split("\0")[1:]
            is_right = is_secret and login == [USERNAME, PASSWORD]
            return "235 welcome" if is_right else f"535 5.7.8 not {login[-1]}"
        if verb == "RCPT":
            self.readers.append(rest.partition("<")[2].partition(">")[0])
        return _ANSWERS.get(verb, "250 fine")

    def _take(self, lines: Iterator[bytes]) -> None:
        body = []
        for line in lines:
            if line == b".\r\n":
                break
            body.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if "MESSAGE" not in self.refuse:
            letter = message_from_bytes(b"".join(body), policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)


def _say(connection: socket.socket, line: str) -> None:
    connection.sendall(line.encode() + b"\r\n")


def _write_certificate(path: Path, name: str) -> None:
    """Write a key and a certificate it has signed itself, for an address or a host."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test's mail server")])
    whom: x509.GeneralName = (
        x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    )
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([whom]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
