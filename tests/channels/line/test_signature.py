"""Only the bytes that LINE signed fit the signature, and all of them do."""

from __future__ import annotations

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.line.signature import fits
from tests.line_platform.signature import signature

SECRET = "a channel's secret"
ODD_BODIES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"", b"{}", "送料は？😀👨‍👩‍👧".encode(), b"\xff\xfe\x00", b'{"a":"\\ud83d"}']),
)


@given(ODD_BODIES)
def test_what_line_signed_fits(body: bytes) -> None:
    assert fits(SECRET, body, signature(SECRET, body))


@given(ODD_BODIES, st.data())
def test_one_flipped_bit_fits_no_more(body: bytes, data: st.DataObject) -> None:
    changed = bytearray(body or b"\0")
    at = data.draw(st.integers(0, len(changed) * 8 - 1))
    changed[at // 8] ^= 1 << at % 8
    assert not fits(SECRET, bytes(changed), signature(SECRET, body))


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9), min_size=2, max_size=5))
def test_the_same_json_in_another_order_does_not_fit(content: dict[str, str]) -> None:
    body = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    other = json.dumps(dict(reversed(content.items())), ensure_ascii=False)
    assert not fits(SECRET, other.encode("utf-8", "surrogatepass"), signature(SECRET, body))


def test_the_same_json_with_other_escapes_does_not_fit() -> None:
    body, other = '{"text":"送料"}'.encode(), json.dumps({"text": "送料"}).encode()
    assert json.loads(body) == json.loads(other)
    assert not fits(SECRET, other, signature(SECRET, body))


@given(ODD_BODIES, st.one_of(st.none(), st.text(max_size=60)))
def test_a_header_that_is_no_signature_does_not_fit(body: bytes, header: str | None) -> None:
    assert not fits(SECRET, body, header)


@given(ODD_BODIES)
def test_a_signature_is_not_read_generously(body: bytes) -> None:
    right = signature(SECRET, body)
    digest = base64.b64decode(right)
    for header in (
        f" {right}",
        f"{right} ",
        f"{right}\n",
        right.rstrip("="),
        right + right,
        f"sha256={right}",
        digest.hex(),
        right.swapcase(),
    ):
        assert not fits(SECRET, body, header)


@given(st.binary(max_size=300))
def test_the_alphabet_of_addresses_is_another_one(body: bytes) -> None:
    right = signature(SECRET, body)
    in_address = base64.urlsafe_b64encode(base64.b64decode(right)).decode()
    assert fits(SECRET, body, in_address) is (in_address == right)


@given(
    ODD_BODIES, st.text(min_size=1, max_size=40).filter(lambda other: other.rstrip("\0") != SECRET)
)
def test_another_secret_does_not_fit(body: bytes, other: str) -> None:
    assert not fits(other.encode(errors="replace").decode(), body, signature(SECRET, body))


def test_an_empty_secret_fits_nothing() -> None:
    assert not fits("", b"{}", signature("", b"{}"))
