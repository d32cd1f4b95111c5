"""The edge over real HTTP: files of a bucket, an API that answers what it was asked, the template's headers on everything."""

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3
import httpx
import pytest
from cloud.edge import Edge, in_bucket, over_http, server
from cloud.policy import response_headers
from moto import mock_aws

BUCKET = "console"
SCRIPT = "export const much = 1;\n" * 100
FRESH = 'W/"1"'


class Api(BaseHTTPRequestHandler):
    """Tells what it was asked, and sets a cookie."""

    def answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        told = {
            "method": self.command,
            "path": self.path,
            "body": self.rfile.read(length).decode(),
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        said = b"" if self.command == "DELETE" else json.dumps(told).encode()
        self.send_response(204 if self.command == "DELETE" else 201)
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", FRESH)
        self.send_header("Set-Cookie", "comeback_session=x; HttpOnly; Path=/session")
        if said:
            self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with mock_aws():
        s3: Any = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        page = {"ContentType": "text/html", "CacheControl": "no-cache"}
        s3.put_object(Bucket=BUCKET, Key="index.html", Body=b"<h1>Comeback</h1>", **page)
        script = {"ContentType": "text/javascript", "CacheControl": "immutable"}
        s3.put_object(Bucket=BUCKET, Key="v1/app.js", Body=SCRIPT.encode(), **script)
        yield s3


def running(made: ThreadingHTTPServer) -> str:
    Thread(target=made.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{made.server_address[1]}"


@pytest.fixture
def viewer(bucket: Any) -> Iterator[httpx.Client]:
    api = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    made = server(
        Edge(in_bucket(bucket, BUCKET), over_http(f"{running(api)}/stage/v1"), response_headers()),
        0,
    )
    with httpx.Client(base_url=running(made), trust_env=False) as client:
        yield client
    for each in (api, made):
        each.shutdown()
        each.server_close()


def test_the_root_is_the_page(viewer: httpx.Client) -> None:
    answer = viewer.get("/")
    assert (answer.status_code, answer.text) == (200, "<h1>Comeback</h1>")
    assert answer.headers["cache-control"] == "no-cache"


def test_a_file_is_sent_compressed_to_who_takes_that(viewer: httpx.Client) -> None:
    with viewer.stream("GET", "/v1/app.js") as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw).decode() == SCRIPT
    plain = viewer.get("/v1/app.js", headers={"Accept-Encoding": "identity"})
    assert ("content-encoding" in plain.headers, plain.text) == (False, SCRIPT)


def test_what_a_browser_has_is_not_sent_again(viewer: httpx.Client) -> None:
    known = viewer.get("/").headers["etag"]
    again = viewer.get("/", headers={"If-None-Match": known})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/missing.js", "/../secret", "/administrators"])
def test_what_is_not_there_is_closed(viewer: httpx.Client, path: str) -> None:
    assert viewer.get(path).status_code == 403


def test_files_are_not_written_to(viewer: httpx.Client) -> None:
    assert viewer.put("/index.html", content=b"mine").status_code == 403
    assert viewer.get("/").text == "<h1>Comeback</h1>"


@pytest.mark.parametrize("path", ["/admin/salon/clients?tag=vip", "/session/sign-in"])
def test_the_api_gets_what_was_sent(viewer: httpx.Client, path: str) -> None:
    given = {"Authorization": "Bearer x", "If-Match": FRESH, "Cookie": "a=b"}
    answer = viewer.put(path, json={"name": "Анна"}, headers=given)
    told = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, FRESH)
    assert (told["method"], told["path"]) == ("PUT", f"/stage/v1{path}")
    assert json.loads(told["body"]) == {"name": "Анна"}
    assert given.items() <= {n.title(): v for n, v in told["headers"].items()}.items()
    assert answer.headers["set-cookie"].startswith("comeback_session=x; HttpOnly")


def test_an_answer_without_a_body_ends(viewer: httpx.Client) -> None:
    assert viewer.delete("/admin/salon/clients/1").status_code == 204
    assert viewer.get("/").status_code == 200


def test_an_api_that_is_gone_is_told(bucket: Any) -> None:
    edge = Edge(in_bucket(bucket, BUCKET), over_http("http://127.0.0.1:9"), response_headers())
    made = server(edge, 0)
    assert httpx.get(f"{running(made)}/admin/x", trust_env=False).status_code == 502
    made.shutdown()
    made.server_close()


@pytest.mark.parametrize("path", ["/", "/missing", "/admin/salon", "/session/refresh"])
def test_every_answer_has_the_templates_headers(viewer: httpx.Client, path: str) -> None:
    headers = viewer.get(path).headers
    assert (
        response_headers().items()
        <= {name: headers.get(name) for name in response_headers()}.items()
    )
