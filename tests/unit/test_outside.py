"""An owner's address leads to the public internet or nowhere: forms, every answer of a name, the moment of connecting."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from comeback.ai import gemini
from comeback.ai.registry import GeminiModels
from comeback.companies.model import BusinessType, Company
from comeback.errors import InvalidInput, Permanent, Unavailable
from comeback.outside import checked, only_outside, public, resolved
from comeback.ports import LanguageModel
from hypothesis import given
from hypothesis import strategies as st

INSIDE = pytest.mark.fault("an owner's address inside our network", "refused before a connection")
REBOUND = pytest.mark.fault(
    "a name that changes its address (rebinding)", "judged at each connection"
)
REDIRECT = pytest.mark.fault("an owner's proxy redirects inside", "refused, no connection made")
OUTSIDE = "93.184.216.34"
PRIVATE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "169.254.170.2",
    "100.64.0.1", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1",
    "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:1::1", "::7f00:1", "2001:db8::1", "fe80::1%eth0",
)  # fmt: skip
SALON = Company("salon", "Salon", "UTC", BusinessType.BEAUTY)


def names(*addresses: str) -> Any:
    return lambda _host, _port: list(addresses)


# ── what is public ───────────────────────────────────────────────────────────────────────────────


@INSIDE
@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_ours_is_not_public(address: str) -> None:
    assert not public(address)
    with pytest.raises(InvalidInput):
        resolved("proxy.example.com", 80, names(address))


@pytest.mark.parametrize("address", [OUTSIDE, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_internet_is(address: str) -> None:
    assert public(address)
    assert resolved("proxy.example.com", 80, names(address)) == address


@INSIDE
@given(st.ip_addresses(v=4))
def test_however_ipv6_wraps_it_an_inner_address_stays_inside(
    address: ipaddress.IPv4Address,
) -> None:
    mapped = f"::ffff:{address}"
    assert public(mapped) == public(str(address))
    for wrapped in (f"64:ff9b::{address}", f"::{address}"):
        assert not public(wrapped)


@INSIDE
@given(st.lists(st.sampled_from([OUTSIDE, "8.8.8.8"])), st.sampled_from(PRIVATE), st.randoms())
def test_one_bad_answer_spoils_a_name(good: list[str], bad: str, random: Any) -> None:
    answers = [*good, bad]
    random.shuffle(answers)
    with pytest.raises(InvalidInput):
        resolved("proxy.example.com", 80, names(*answers))


# ── how an address is written ────────────────────────────────────────────────────────────────────


@INSIDE
@pytest.mark.parametrize(
    "url",
    [
        "", "proxy.example.com", "ftp://proxy.example.com", "file:///etc/passwd", "gopher://x.com", "socks5://x.com:1",
        "http://", "http:///x", "http://localhost", "http://2130706433", "http://0177.0.0.1", "http://0x7f.0.0.1",
        "http://127.1", "http://0", "http://[::1]", "http://[fe80::1%25eth0]", "http://[::ffff:127.0.0.1]:80",
        "http://127.0.0.1", "http://169.254.169.254/", "http://proxy.example.com:0", "http://proxy.example.com:99999",
        "http://proxy.example.com:80@127.0.0.1", "http://a@b@127.0.0.1", "http://proxy.example.com\\@127.0.0.1",
        "http://127.0.0.1#@proxy.example.com", "http://127.0.0.1?@proxy.example.com", "http://proxy.example.com/../x",
        "http://①②⑦.⓪.⓪.①", "http://proxy.example.com\n", "http://prоxy.example.com", "http://a b.com", " http://x.com",
        "http://-x-.com", "http://x..com", "http://x.com:80:80", "http://x.com:٨٠", "http://metadata", "http://x.c0m.1",
    ],
)  # fmt: skip
def test_a_trick_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        checked(url, names("127.0.0.1") if "127.0.0.1" in url else names(OUTSIDE))


@pytest.mark.parametrize(
    "url",
    [
        "http://proxy.example.com:3128",
        "HTTPS://Proxy.Example.com/",
        "http://name:p%40ss@proxy.example.com:8080",
        f"http://{OUTSIDE}:3128",
        "http://[2606:4700::1111]:3128",
        "http://xn--e1afmkfd.xn--p1ai:80",
    ],
)
def test_a_plain_address_is_taken_as_it_is(url: str) -> None:
    assert checked(url, names(OUTSIDE)) == url


@given(st.text())
def test_whatever_is_written_is_taken_or_refused(url: str) -> None:
    for written in (url, f"http://{url}", f"http://{url}@127.0.0.1", f"http://127.0.0.1{url}"):
        with pytest.raises(InvalidInput):
            checked(written, names("127.0.0.1"))


def test_a_name_without_an_address_may_have_one_later() -> None:
    with pytest.raises(Unavailable):
        checked("http://nobody.invalid")


# ── at the moment of connecting ──────────────────────────────────────────────────────────────────


class Internet:
    """A name server of our own, and one public address whose connections end at a real server on loopback."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.answers = list(answers)
        self.connected: list[str] = []
        self._look_up, self._connect = socket.getaddrinfo, socket.create_connection
        monkeypatch.setattr(socket, "getaddrinfo", self.look_up)
        monkeypatch.setattr(socket, "create_connection", self.connect)

    def look_up(self, host: Any, port: Any, *arguments: Any, **named: Any) -> Any:
        """The last answer stays."""
        if host != "proxy.example.com":
            return self._look_up(host, port, *arguments, **named)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]

    def connect(self, address: tuple[str, int], *arguments: Any, **named: Any) -> Any:
        self.connected.append(address[0])
        host = "127.0.0.1" if address[0] == OUTSIDE else address[0]
        return self._connect((host, address[1]), *arguments, **named)


@contextmanager
def server(status: int, location: str = "") -> Iterator[tuple[int, list[str]]]:
    """A real one; answers everything alike, without keeping the connection."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_CONNECT = do_GET  # noqa: N815  # http.server's own names

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as serving:
        Thread(target=serving.serve_forever, args=(0.01,), daemon=True).start()
        yield serving.server_port, asked
        serving.shutdown()


def client() -> httpx.Client:
    return httpx.Client(
        transport=only_outside(httpx.HTTPTransport(trust_env=False)), follow_redirects=True
    )


@REBOUND
def test_a_name_that_turns_inward_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(204) as (port, asked), client() as http:
        internet = Internet(monkeypatch, OUTSIDE, "127.0.0.1")
        assert http.get(f"http://proxy.example.com:{port}/first").status_code == 204
        with pytest.raises(InvalidInput):
            http.get(f"http://proxy.example.com:{port}/second")
    assert asked == ["GET /first"]
    assert internet.connected == [OUTSIDE]


@REBOUND
def test_between_judging_and_connecting_nobody_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The classic rebinding: public when judged, ours when connected to."""
    with server(204) as (port, _), client() as http:
        internet = Internet(monkeypatch, OUTSIDE, "169.254.169.254")
        assert http.get(f"http://proxy.example.com:{port}/").status_code == 204
    assert internet.connected == [OUTSIDE]
    assert internet.answers == ["169.254.169.254"]


@REDIRECT
@pytest.mark.parametrize(
    "target", ["169.254.169.254", "127.0.0.1:{port}", "[::1]:{port}", "localhost"]
)
def test_a_redirect_inward_is_refused(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    with server(200) as (inner, secrets):
        location = f"http://{target.format(port=inner)}/secret"
        with server(302, location) as (port, asked), client() as http:
            internet = Internet(monkeypatch, OUTSIDE)
            with pytest.raises(InvalidInput):
                http.get(f"http://proxy.example.com:{port}/")
    assert (asked, secrets) == (["GET /"], [])
    assert internet.connected == [OUTSIDE]


# ── the one door there is: a company's own proxy for Gemini ──────────────────────────────────────


def model(proxy: str, stack_proxy: str = "") -> LanguageModel:
    gemini._client.cache_clear()
    secrets = {"gemini_api_key": "key", **({"gemini_proxy_url": proxy} if proxy else {})}
    made = GeminiModels(lambda _: secrets, "gemini-x", proxy_url=stack_proxy).model(SALON)
    assert made
    return made


@INSIDE
@pytest.mark.parametrize(
    "proxy",
    ["http://127.0.0.1:9", "http://169.254.169.254", "socks5://proxy.example.com", "nonsense"],
)
def test_a_companys_proxy_inside_is_refused_unconnected(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    internet = Internet(monkeypatch, OUTSIDE)
    with pytest.raises(Permanent):
        model(proxy).estimate_interval("beauty", "Haircut")
    assert internet.connected == []


@REDIRECT
def test_a_companys_proxy_is_used_and_can_not_lead_inward(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(302, "http://169.254.169.254/latest") as (port, asked):
        internet = Internet(monkeypatch, OUTSIDE)
        with pytest.raises(Unavailable):
            model(f"http://proxy.example.com:{port}").estimate_interval("beauty", "Haircut")
    assert asked == ["CONNECT generativelanguage.googleapis.com:443"]
    assert internet.connected == [OUTSIDE]


@REBOUND
def test_a_companys_proxy_that_turns_inward_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    internet = Internet(monkeypatch, OUTSIDE, "10.0.0.1")
    with pytest.raises(Permanent):
        model("http://proxy.example.com:3128").estimate_interval("beauty", "Haircut")
    assert internet.connected == []


def test_the_stacks_proxy_is_the_deployers_and_may_be_anywhere() -> None:
    with server(302) as (port, asked):
        with pytest.raises(Unavailable):
            model("", f"http://127.0.0.1:{port}").estimate_interval("beauty", "Haircut")
        assert len(asked) == 1
