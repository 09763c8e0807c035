"""An OpenID provider at its wire: one registered client, one person who always agrees.

It is found as `localhost`, so that to a browser it is another site than a dashboard at 127.0.0.1.

with FakeIdentity() as fake:
    fake.claims["email"] = "somebody@example.org"   # what the next token says of the person
    fake.claims["nonce"] = "another"                # ... or of the sign-in itself
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT_ID = "proratio-dashboard"
CLIENT_SECRET = "canary-oidc-client-8c1f"  # looked for in pages and logs
PERSON = "anna@example.org"


class FakeIdentity:
    """The server, in a thread; `described` is its discovery document, `claims` what it signs."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"email": PERSON, "email_verified": True}
        self.described: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.published = self._signing = RSAKey.generate_key(2048, {"kid": "1"})
        self.is_refusing = False
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    def environment(self) -> dict[str, str]:
        """Return the variables that make Proratio a client of this provider."""
        return {
            "PRORATIO_DASHBOARD_OIDC_ISSUER": self.url,
            "PRORATIO_DASHBOARD_OIDC_CLIENT_ID": CLIENT_ID,
            "PRORATIO_DASHBOARD_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "PRORATIO_DASHBOARD_OIDC_OPERATORS": f"root, {PERSON.upper()}",
            "PRORATIO_DASHBOARD_OIDC_VIEWERS": "bert@example.org",
        }

    def renew_key(self, *, publish: bool = True) -> None:
        """Sign with a new key from now on, which the key set has only if it is published."""
        self._signing = RSAKey.generate_key(2048, {"kid": "2" if publish else "1"})
        if publish:
            self.published = self._signing

    def agreed(self, query: dict[str, str]) -> str:
        """Return where the browser goes once the person has agreed."""
        code = secrets.token_urlsafe(8)
        self._codes[code] = query
        back = {"error": "access_denied"} if self.is_refusing else {"code": code}
        return f"{query['redirect_uri']}?{urlencode({**back, 'state': query['state']})}"

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            **self.described,
        }

    def _tokens(self, form: dict[str, str], authorization: str) -> dict[str, str] | None:
        known = self._codes.pop(form.get("code", ""), None)  # a code is good for once
        client = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            known is None
            or authorization != f"Basic {client}"
            or (known["code_challenge"], known["code_challenge_method"]) != (challenge, "S256")
            or form.get("redirect_uri") != known["redirect_uri"]
        ):
            return None
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": "4711",
            "iat": now,
            "exp": now + 300,
            "nonce": known["nonce"],
            **self.claims,
        }
        key = OctKey.import_key(CLIENT_SECRET) if self.algorithm == "HS256" else self._signing
        header = {"alg": self.algorithm, "kid": self._signing.kid}
        token = jwt.encode(header, claims, key, algorithms=[self.algorithm])
        return {"access_token": "a", "token_type": "Bearer", "id_token": token}

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the base's name
                parts = urlsplit(self.path)
                fake.asked.append(parts.path)
                if parts.path == "/authorize":
                    query = {name: value[0] for name, value in parse_qs(parts.query).items()}
                    self.send_response(303)
                    self.send_header("location", fake.agreed(query))
                    self.end_headers()
                elif parts.path == "/keys":
                    self._say(KeySet([fake.published]).as_dict(private=False))
                else:
                    self._say(fake._document())

            def do_POST(self) -> None:  # the base's name
                fake.asked.append(self.path)
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                form = {name: value[0] for name, value in parse_qs(body).items()}
                tokens = fake._tokens(form, self.headers.get("authorization", ""))
                self._say(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

            def log_message(self, *_: Any) -> None:
                """Say nothing of each request."""

            def _say(self, document: Any, status: int = 200) -> None:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(document).encode())

        return Handler
