"""The phone on this computer's own address: the page, and the answers to what it asks.

Only this computer is listened to; the address has a secret in it, so that no other page that is
open in the browser, and nobody else on a shared computer, can guess it; and requests that name
another host or come from another page are refused.
"""

import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sim.lab.door.said import in_chinese
from sim.lab.phone.session import Session
from sim.presets.errors import BadInput
from sim.seats.guard import AgentFailed

HOST = "127.0.0.1"
MOST = 10_000  # bytes of a request
SHORT = 30  # seconds in which a request must be told


class Server(ThreadingHTTPServer):
    """Serves one session until it is shut down. Raises BadInput where the port is taken."""

    daemon_threads = True
    allow_reuse_address = False  # else two could take one port on some systems

    def __init__(self, session: Session, page: str, policy: str, port: int):
        self.session, self.page, self.policy = session, page.encode(), policy
        self.secret, self.turn = secrets.token_urlsafe(16), threading.Lock()
        try:
            super().__init__((HOST, port), Handler)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            cure = f"{why}: say --port 0 for any that is free."
            raise BadInput("--port is free", port, cure) from None

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server_port}/{self.secret}/"

    @property
    def hosts(self) -> tuple[str, str]:
        return f"{HOST}:{self.server_port}", f"localhost:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is no news."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = SHORT
    server_version, sys_version = "phone", ""

    def do_GET(self) -> None:
        if self._refused():
            return
        if self.path != f"/{self.server.secret}/":
            self._send(404, b"", "text/plain")
            return
        self._send(200, self.server.page, "text/html; charset=utf-8")

    def do_POST(self) -> None:
        if self._refused():
            return
        kind = self.headers.get("Content-Type", "").split(";")[0].strip()
        if self.path != f"/{self.server.secret}/act" or kind != "application/json":
            self._send(404, b"{}", "application/json")
            return
        code, answer = self._answer()
        text = json.dumps(answer, ensure_ascii=False).encode()
        self._send(code, text, "application/json; charset=utf-8")

    def _refused(self) -> bool:
        """Of another host (a name that was made to point here), or from another page."""
        origin = self.headers.get("Origin")
        ours = self.headers.get("Host") in self.server.hosts
        same = origin is None or origin in [f"http://{host}" for host in self.server.hosts]
        if ours and same:
            return False
        self._send(403, b"", "text/plain")
        return True

    def _answer(self) -> tuple[int, dict[str, Any]]:
        session = self.server.session
        try:
            length = int(self.headers.get("Content-Length", ""))
            if not 0 <= length <= MOST:
                raise ValueError
            asked = json.loads(self.rfile.read(length))
            verb, given = asked["verb"], asked.get("given") or {}
            if not isinstance(verb, str) or not isinstance(given, dict):
                raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return 400, {"error": "bad request"}
        try:
            with self.server.turn:
                return 200, session.act(verb, given)
        except (BadInput, AgentFailed) as error:
            text = in_chinese(str(error)) if session.lang == "zh" else str(error)
            return (400 if isinstance(error, BadInput) else 500), {"error": text}

    def _send(self, code: int, body: bytes, kind: str) -> None:
        self.send_response(code)
        told = {
            "Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store",
            "Content-Security-Policy": f"{self.server.policy}; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY",
        }  # fmt: skip
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the address has a secret in it."""
