"""OpenID providers that others wrote, and one of ours that breaks the rules, for the tests."""

import contextlib
import hashlib
import http.client
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

HERE = Path(__file__).parent
CACHE = Path(__file__).parents[3] / ".venv" / "node-openid"
SECRET = "a secret of the tests, long enough"
CLAIMS = {
    "name": "name", "id_type": "cert_type", "id_number": "cert_no",
    "mobile": "phone_number", "level": "auth_level",
}  # fmt: skip


@contextlib.contextmanager
def python_provider(**people: dict[str, str]) -> Iterator[str]:
    """Run oidc-provider-mock in this process; give its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oidc_provider_mock
        from oidc_provider_mock._storage import User

        known = [User(sub=sub, claims=claims) for sub, claims in people.items()]
        with oidc_provider_mock.run_server_in_thread(user_claims=known) as server:
            yield f"http://localhost:{server.server_port}"


@contextlib.contextmanager
def node_provider(redirect_uri: str, **people: dict[str, str]) -> Iterator[str]:
    """Run npm's oidc-provider; give its address. Skips without node, but not in CI."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail("node and npm are missing")
        pytest.skip("node and npm are not installed")
    process = subprocess.Popen(
        ["node", "server.js", redirect_uri], cwd=_installed(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ, "PEOPLE": json.dumps(people)},
    )  # fmt: skip
    try:
        address = process.stdout.readline().strip()
        assert address, "oidc-provider did not start"
        yield address
    finally:
        process.communicate(timeout=30)


def _installed() -> Path:
    """Return the folder with the packages of the lock file, installed when it is first asked."""
    lock = (HERE / "package-lock.json").read_bytes()
    home = CACHE / hashlib.sha256(lock).hexdigest()[:12]
    if not home.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=CACHE))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, fresh)
        subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
            cwd=fresh, check=True,
        )  # fmt: skip
        with contextlib.suppress(OSError):
            fresh.rename(home)
    shutil.copy(HERE / "server.js", home)
    return home


class Wanderer:
    """A person's browser at a provider: follows its pages until it sends the person back."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def log_in(self, url: str, sub: str, *, back: str) -> dict[str, str]:
        """Log in as ``sub`` and return the query with which the provider sends back."""
        asked = url + "&" + urlencode({"login_hint": sub})
        form = urlencode({"action": "deny"} if sub == "nobody" else {"sub": sub})
        for _ in range(6):
            if asked.startswith(back):
                return {key: at[0] for key, at in parse_qs(urlsplit(asked).query).items()}
            status, answer = self._fetch(asked, "GET", "")
            if status == 200:
                _status, answer = self._fetch(asked, "POST", form)
            parts = urlsplit(asked)
            asked = answer if "://" in answer else f"{parts.scheme}://{parts.netloc}{answer}"
        raise AssertionError(f"the provider never sent back: {asked}")

    def _fetch(self, url: str, method: str, body: str) -> tuple[int, str]:
        parts = urlsplit(url)
        line = http.client.HTTPConnection(parts.netloc, timeout=30)
        headers = {"Cookie": "; ".join(f"{key}={at}" for key, at in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, f"{parts.path}?{parts.query}", body=body or None, headers=headers)
        answer = line.getresponse()
        answer.read()
        line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            key, _, rest = cookie.partition("=")
            self.cookies[key] = rest.split(";")[0]
        return answer.status, answer.headers.get("Location", "")


class CrookedProvider:
    """A provider that signs what a test tells it, or answers slowly, with faults or garbage."""

    def __init__(self) -> None:
        from joserfc.jwk import ECKey, KeySet

        self.key, self.stranger = (
            ECKey.generate_key("P-256", {"kid": "one"}, auto_kid=False) for _ in range(2)
        )
        self.jwks = KeySet([self.key]).as_dict(private=False)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.reset()

    def reset(self) -> None:
        """Be honest and quick again."""
        self.claims: dict[str, object] = {}
        self.header: dict[str, str] = {"alg": "ES256", "kid": "one"}
        self.signing = self.key
        self.metadata: dict[str, object] = {}
        self.answers: dict[str, bytes] = {}
        self.statuses: dict[str, int] = {}
        self.delay = 0.0
        self.nonce = ""
        self.asked: list[str] = []

    @contextlib.contextmanager
    def running(self) -> Iterator["CrookedProvider"]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        thread.start()
        yield self
        self.server.shutdown()
        thread.join()
        self.server.server_close()

    def document(self, path: str) -> dict[str, object]:
        """Return what stands at a path."""
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "end_session_endpoint": f"{self.address}/bye",
            } | self.metadata
        if path == "/keys":
            return self.jwks
        return {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token()}

    def id_token(self) -> str:
        """Return a token for Ana, changed as the test says."""
        from joserfc import jwt

        now = int(time.time())
        honest = {"iss": self.address, "sub": "ana", "aud": "anju", "iat": now, "exp": now + 60}
        claims = honest | {"nonce": self.nonce} | self.claims
        kept = {key: value for key, value in claims.items() if value is not None}
        return jwt.encode(self.header, kept, self.signing, algorithms=[self.header["alg"]])

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.reply()

            def do_POST(self) -> None:
                self.reply()

            def reply(self) -> None:
                path = urlsplit(self.path).path
                provider.asked.append(path)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                time.sleep(provider.delay)
                body = (
                    provider.answers.get(path) or json.dumps(provider.document(path)).encode()
                )
                with contextlib.suppress(OSError):
                    self.send_response(provider.statuses.get(path, 200))
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        return Handler
