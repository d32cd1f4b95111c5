"""Plays CloudFront on this machine: `python -m cloud.edge --port 4700 --bucket NAME --api URL`, started by `cloud.up`.

Files come from a bucket, `/admin/*` and `/session/*` go to the API, and every answer gets the headers that template.yaml's
ResponseHeadersPolicy names. Over plain HTTP: browsers take 127.0.0.1 for a safe place, so Secure cookies work.
"""

import argparse
import gzip
import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from cloud.policy import response_headers
from cloud.stack import client

ASKED = ("/admin/", "/session/")
"""Paths of the API; the template's behaviours (tests/architecture/test_console.py holds the two together)."""
ROOT_OBJECT = "/index.html"
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")
SMALLEST_COMPRESSED = 1000
"""CloudFront leaves what is smaller as it is."""
HOP = frozenset(
    {"connection", "content-length", "host", "keep-alive", "transfer-encoding", "date", "server"}
)
TIMEOUT_SECONDS = 60
NOT_MODIFIED = 304


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    """With its query."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


Origin = Callable[[Asked], Answer]


@dataclass(frozen=True)
class Edge:
    files: Origin
    api: Origin
    headers: Mapping[str, str]

    def answer(self, asked: Asked) -> Answer:
        found = self._origin(asked)
        compressed = _compressed(asked, found)
        return Answer(compressed.status, {**compressed.headers, **self.headers}, compressed.body)

    def _origin(self, asked: Asked) -> Answer:
        path = urlsplit(asked.path).path
        if path.startswith(ASKED):
            return self.api(asked)
        if asked.method not in ("GET", "HEAD"):
            return _told(403, "files are for GET and HEAD")
        return self.files(Asked(asked.method, ROOT_OBJECT if path == "/" else path, asked.headers))


def _told(status: int, words: str) -> Answer:
    return Answer(status, {"Content-Type": "text/plain"}, words.encode())


def _compressed(asked: Asked, found: Answer) -> Answer:
    kind = next((v for k, v in found.headers.items() if k.lower() == "content-type"), "")
    taken = {k.lower(): v for k, v in asked.headers.items()}.get("accept-encoding", "")
    large = len(found.body) >= SMALLEST_COMPRESSED
    if not (large and "gzip" in taken and kind.startswith(COMPRESSED)):
        return found
    headers = {**found.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Answer(found.status, headers, gzip.compress(found.body, mtime=0))


def over_http(base_url: str) -> Origin:
    """An origin at an address; its path goes before what is asked, as an OriginPath does."""
    base = urlsplit(base_url)

    def ask(asked: Asked) -> Answer:
        connection = http.client.HTTPConnection(
            base.hostname or "", base.port, timeout=TIMEOUT_SECONDS
        )
        sent = {
            k: v for k, v in asked.headers.items() if k.lower() not in HOP | {"accept-encoding"}
        }
        try:
            connection.request(asked.method, base.path + asked.path, asked.body or None, sent)
            answer = connection.getresponse()
            kept = {k: v for k, v in answer.getheaders() if k.lower() not in HOP}
            return Answer(answer.status, kept, answer.read())
        except OSError:
            return _told(502, "the origin does not answer")
        finally:
            connection.close()

    return ask


def in_bucket(s3: Any, bucket: str) -> Origin:
    """Read as the distribution reads it: signed. `Any`: boto3's clients have no types."""

    def ask(asked: Asked) -> Answer:
        named = {"Bucket": bucket, "Key": asked.path.lstrip("/")}
        known = {k.lower(): v for k, v in asked.headers.items()}.get("if-none-match")
        try:
            found = s3.get_object(**named, **({"IfNoneMatch": known} if known else {}))
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == NOT_MODIFIED:
                return Answer(NOT_MODIFIED, {"ETag": known or ""})
            return _told(403, "there is no such file, or it is closed")
        except BotoCoreError:
            return _told(502, "the bucket does not answer")
        kept = {"Content-Type": "ContentType", "Cache-Control": "CacheControl", "ETag": "ETag"}
        headers = {name: found[theirs] for name, theirs in kept.items() if theirs in found}
        return Answer(200, headers, found["Body"].read())

    return ask


def server(edge: Edge, port: int) -> ThreadingHTTPServer:
    """Bound to loopback; port 0 takes any that is free."""

    class Viewer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            found = edge.answer(Asked(self.command, self.path, dict(self.headers.items()), body))
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            if found.status not in (204, 304):
                self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            if self.command != "HEAD" and found.status not in (204, 304):
                self.wfile.write(found.body)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = serve  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Addresses hold ids; nobody reads them here."""

    made = ThreadingHTTPServer(("127.0.0.1", port), Viewer)
    made.daemon_threads = True
    return made


def main() -> None:
    parser = argparse.ArgumentParser(prog="cloud.edge", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--api", required=True, help="URL of the API's stage")
    options = parser.parse_args()
    files = in_bucket(client("s3"), options.bucket)
    server(Edge(files, over_http(options.api), response_headers()), options.port).serve_forever()


if __name__ == "__main__":
    main()
