"""Takes what messengers post to us, for a test to handle it one by one, as an API Gateway event of its channel."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Hooks:
    """Takes webhooks as they come, for the test to handle them one by one."""

    server: ThreadingHTTPServer
    waiting: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def take(self) -> list[tuple[str, dict[str, Any]]]:
        taken, self.waiting[:] = list(self.waiting), []
        return taken


@contextlib.contextmanager
def hooks() -> Iterator[Hooks]:
    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            _, _webhooks, channel, company_id, *secret = self.path.split("/")
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            event = {
                "httpMethod": "POST",
                "pathParameters": {"company": company_id, "secret": "".join(secret)},
                "headers": dict(self.headers),
                "body": body,
                "isBase64Encoded": False,
                "requestContext": {"requestId": "indoors"},
            }
            found.waiting.append((channel, event))
            self.send_response(200)
            self.end_headers()

        def do_GET(self) -> None:
            """Meta's verification of an address."""
            asked = parse_qs(urlsplit(self.path).query)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(asked["hub.challenge"][0].encode())

        def log_message(self, format: str, *_arguments: object) -> None:
            del format

    found = Hooks(ThreadingHTTPServer(("127.0.0.1", 0), Taking))
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.server.shutdown()
        found.server.server_close()
