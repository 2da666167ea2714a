"""The signature is over the bytes that came, and over nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from madoguchi.channels.messenger.signature import fits, signature
from tests.messenger_platform.courier import signed

SECRET = "9f0e1d2c3b4a"
_SECRETS = st.text(min_size=1, max_size=64).filter(lambda text: text.isprintable())


@given(body=st.binary(max_size=2000), secret=_SECRETS)
def test_what_meta_signs_fits(body: bytes, secret: str) -> None:
    assert fits(secret, body, signed(secret, body))


@given(body=st.binary(min_size=1, max_size=500), place=st.integers(min_value=0))
def test_one_flipped_bit_does_not_fit(body: bytes, place: int) -> None:
    changed = bytearray(body)
    changed[place % len(body)] ^= 1 << (place % 8)
    assert not fits(SECRET, bytes(changed), signature(SECRET, body))


@given(body=st.binary(max_size=500), more=st.binary(min_size=1, max_size=10))
def test_more_or_fewer_bytes_do_not_fit(body: bytes, more: bytes) -> None:
    assert not fits(SECRET, body + more, signature(SECRET, body))
    assert not fits(SECRET, body, signature(SECRET, body + more))


@given(body=st.binary(max_size=200), other=_SECRETS)
def test_another_secret_does_not_fit(body: bytes, other: str) -> None:
    assume(other != SECRET)
    assert not fits(SECRET, body, signature(other, body))


@given(body=st.binary(max_size=200), header=st.text(max_size=100))
def test_any_other_header_does_not_fit(body: bytes, header: str) -> None:
    assume(header != signature(SECRET, body))
    assert not fits(SECRET, body, header)


@given(
    content=st.dictionaries(st.text(), st.text() | st.integers() | st.none(), max_size=5),
)
def test_json_that_was_read_and_written_again_is_signed_anew(content: dict[str, object]) -> None:
    came = json.dumps(content, separators=(",", ":")).replace("/", "\\/").encode()
    again = json.dumps(json.loads(came), ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert fits(SECRET, came, signature(SECRET, came))
    assert fits(SECRET, again, signature(SECRET, came)) == (came == again)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: None,
        lambda _: "",
        lambda header: header.removeprefix("sha256="),
        lambda header: header.upper(),
        lambda header: header + " ",
        lambda header: header.replace("sha256=", "sha1="),
        lambda header: header[:-1],
        lambda header: header + "\n",
    ],
)
def test_a_header_of_another_form_does_not_fit(spoil: object) -> None:
    assert callable(spoil)
    assert not fits(SECRET, b"{}", spoil(signature(SECRET, b"{}")))


def test_an_empty_secret_fits_nothing() -> None:
    assert not fits("", b"{}", signature("", b"{}"))
