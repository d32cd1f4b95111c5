"""New inputs from old ones: bytes are turned, JSON is changed where its shape and values are, texts are put together anew."""

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

VALUES: tuple[Any, ...] = (
    None, True, False, [], {}, [None], [[]], "", " ", "0", "-1", 0, -1, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**40,
    0.5, -0.0, 1e308, 1e-320, "1e999", "NaN", "Infinity", "-inf", "٣", "²", "½", "\x00", "\ud800", "\ufffe", "‮", "I" * 300,
    "9" * 400, "9" * 5_000, "0001-01-01", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2026-02-30", "+79990000001",
    "2026-13-45T99:99:99Z", "24:00", "T", "Z", "{}", "[]", "null", "<b>", "%s%n{0}{name}", "../..", "a#b", "; DROP", "=1+1",
    "\r\n",
    "/start", "/start x-y", "стоп", "да", "slot:j1:1:1", {"id": 1}, {"code": 433}, "Mars/Olympus", "XXX",
)  # fmt: skip
TOKENS: tuple[bytes, ...] = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x98", b"\r", b"\n", b'"', b'""', b";", b",", b"\t",
    b"sep=;\n",
    b"sep=",
    b"{", b"}", b"[", b"]", b":", b"\\",
    b"\\ud800", b"\\u0000", b"-", b"9" * 40, b"1e999", b"NaN", b"null", b"true", b"+",
    b"%",
    b"\xd0\x96", b"\xf0\x9f\x91\x8d", b"\xed\xa0\x80", b"[" * 2_000, b'{"a":' * 2_000, b"=", b"==", b"-_", b"#", b"\xc2\xb2",
    b"\xd9\xa3",
)  # fmt: skip
LONGEST = 16_384


class Mutator:
    """`seeds` are given out first, as they are; then what is made of them, without an end."""

    def __init__(self, seeds: Sequence[bytes], random: Random) -> None:
        self._seeds = list(seeds)
        self._random = random

    def inputs(self) -> Iterator[bytes]:
        yield from self._seeds
        while True:
            yield self.changed(self._random.choice(self._seeds))

    def changed(self, data: bytes) -> bytes:
        head, body = b"", data
        if data.startswith(b"#"):
            head, _, body = data.partition(b"\n")
            head = self._head(head) + b"\n"
        for _ in range(self._random.choice((1, 1, 1, 2, 3, 6))):
            body = self._once(body)
        return (head + body)[:LONGEST]

    def _head(self, head: bytes) -> bytes:
        if self._random.random() < 0.7:
            return head
        other = self._random.choice(self._seeds).partition(b"\n")[0].split()
        parts = head.split()
        at = self._random.randrange(len(parts))
        if at < len(other):
            parts[at] = other[at]
        return b" ".join(parts)

    def _once(self, data: bytes) -> bytes:
        if data[:1] in (b"{", b"[") and self._random.random() < 0.7:
            try:
                return self._document(json.loads(data))
            except (ValueError, RecursionError):
                return self._bytes(data)
        return self._bytes(data)

    # ── documents ────────────────────────────────────────────────────────────────────────────────

    def _document(self, document: Any) -> bytes:
        places = list(_places(document))
        if not places:
            return json.dumps(self._random.choice(VALUES)).encode()
        holder, key = self._random.choice(places)
        other_holder, other_key = self._random.choice(places)
        match self._random.randrange(6):
            case 0 | 1 | 2:
                holder[key] = self._random.choice(VALUES)
            case 3:
                del holder[key]
            case 4:
                holder[key] = json.loads(json.dumps(other_holder[other_key]))
            case _:
                holder[key] = self._wrapped(holder[key])
        return json.dumps(document, ensure_ascii=self._random.random() < 0.8).encode(
            errors="surrogatepass"
        )

    def _wrapped(self, value: Any) -> Any:
        match self._random.randrange(4):
            case 0:
                return [value]
            case 1:
                return {"value": value}
            case 2:
                return str(value)
            case _:
                return [value, value]

    # ── bytes ────────────────────────────────────────────────────────────────────────────────────

    def _bytes(self, data: bytes) -> bytes:
        pick = self._random
        at = pick.randint(0, len(data))
        until = min(len(data), at + pick.choice((1, 1, 2, 4, 16, 64)))
        match pick.randrange(8):
            case 0:
                return data[:at] + pick.randbytes(1) + data[at + 1 :]
            case 1:
                return data[:at] + pick.choice(TOKENS) + data[at:]
            case 2:
                return data[:at] + data[until:]
            case 3:
                return data[:at] + data[at:until] * pick.choice((2, 3, 50)) + data[until:]
            case 4:
                return data[:at]
            case 5:
                value = pick.choice(VALUES)
                said = value if isinstance(value, str) else json.dumps(value)
                return data[:at] + said.encode(errors="surrogatepass") + data[until:]
            case 6:
                other = pick.choice(self._seeds).rpartition(b"\n")[2] or data
                return data[:at] + other[pick.randint(0, len(other)) :]
            case _:
                return data[:at] + pick.randbytes(pick.randint(1, 8)) + data[at:]


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every value's holder and key."""
    holders = [document]
    while holders:
        holder = holders.pop()
        if isinstance(holder, dict):
            keys: list[Any] = list(holder)
        elif isinstance(holder, list):
            keys = list(range(len(holder)))
        else:
            continue
        for key in keys:
            yield holder, key
            holders.append(holder[key])
