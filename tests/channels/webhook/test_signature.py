"""Signatures as Standard Webhooks 1.0.0 has them, over raw bytes."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from madoguchi.channels.webhook.signature import (
    ID,
    SIGNATURE,
    TIMESTAMP,
    TOLERANCE,
    SecretError,
    Secrets,
    SignatureError,
    signed,
    verify,
)
from tests.channels.webhook.other import OLD_SECRET, SECRET, SECRETS

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
BOTH = Secrets.read(f"{SECRET} {OLD_SECRET}")
OLD = Secrets.read(OLD_SECRET)
IDS = st.from_regex(re.compile(r"[!-\-/-~]{1,256}"), fullmatch=True)
KEYS = st.binary(min_size=24, max_size=64)


def refused_as(headers: dict[str, str], body: bytes, secrets: Secrets = SECRETS) -> str:
    with pytest.raises(SignatureError) as refused:
        verify(secrets, headers, body, NOW)
    return refused.value.code


def test_the_signature_is_the_one_that_the_specification_s_own_libraries_make() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(SECRETS, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@given(key=KEYS, message_id=IDS, body=st.binary())
@example(key=bytes(24), message_id="a", body="送料は？🍎".encode())
@example(key=bytes(64), message_id="a", body=b"\xff\xfe\x00{")
def test_what_is_signed_fits_whatever_the_bytes_are(
    key: bytes, message_id: str, body: bytes
) -> None:
    secrets = Secrets((key,))
    verify(secrets, signed(secrets, message_id, NOW, body), body, NOW)


@given(body=st.binary(min_size=1), data=st.data())
def test_one_flipped_bit_of_the_body_is_refused(body: bytes, data: st.DataObject) -> None:
    headers = signed(SECRETS, "msg_1", NOW, body)
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    changed = bytearray(body)
    changed[bit // 8] ^= 1 << bit % 8
    assert refused_as(headers, bytes(changed)) == "signature_invalid"


@given(body=st.binary(), other=st.binary())
def test_a_signature_is_for_its_own_body_alone(body: bytes, other: bytes) -> None:
    assume(body != other)
    assert refused_as(signed(SECRETS, "msg_1", NOW, body), other) == "signature_invalid"


@given(place=st.integers(0, 255), data=st.data())
def test_one_flipped_bit_of_the_signature_is_refused(place: int, data: st.DataObject) -> None:
    headers = signed(SECRETS, "msg_1", NOW, b"{}")
    digest = bytearray(base64.b64decode(headers[SIGNATURE].removeprefix("v1,")))
    digest[place // 8] ^= 1 << place % 8
    headers[SIGNATURE] = f"v1,{base64.b64encode(digest).decode()}"
    assert refused_as(headers, b"{}") == "signature_invalid"


@given(text=st.text(alphabet=st.characters(max_codepoint=255)))
def test_nothing_made_up_is_a_signature(text: str) -> None:
    headers = signed(SECRETS, "msg_1", NOW, b"{}") | {SIGNATURE: text}
    assert refused_as(headers, b"{}") in {"signature_invalid", "signature_missing"}


@given(text=st.text(alphabet=st.characters(max_codepoint=255)))
def test_no_odd_time_or_id_is_more_than_refused(text: str) -> None:
    for name in (ID, TIMESTAMP):
        headers = signed(SECRETS, "msg_1", NOW, b"{}")
        assume(text not in headers.values())
        assert refused_as(headers | {name: text}, b"{}").startswith("signature_")


def test_id_and_time_are_signed_too() -> None:
    headers = signed(SECRETS, "msg_1", NOW, b"{}")
    later = str(int(NOW.timestamp()) + 1)
    assert refused_as(headers | {ID: "msg_2"}, b"{}") == "signature_invalid"
    assert refused_as(headers | {TIMESTAMP: later}, b"{}") == "signature_invalid"


@pytest.mark.parametrize("direction", [-1, 1])
def test_a_call_is_refused_from_five_minutes_and_a_second_on(direction: int) -> None:
    just = signed(SECRETS, "msg_1", NOW + direction * TOLERANCE, b"{}")
    verify(SECRETS, just, b"{}", NOW)
    gone = signed(SECRETS, "msg_1", NOW + direction * (TOLERANCE + timedelta(seconds=1)), b"{}")
    assert refused_as(gone, b"{}") == "signature_expired"


@pytest.mark.parametrize("name", [ID, TIMESTAMP, SIGNATURE])
def test_a_missing_header_is_named_as_missing(name: str) -> None:
    headers = signed(SECRETS, "msg_1", NOW, b"{}")
    del headers[name]
    assert refused_as(headers, b"{}") == "signature_missing"


def test_a_secret_is_replaced_without_losing_a_call() -> None:
    old, new = OLD, SECRETS
    # Whoever already signs with both is understood by who knows one, and the other way round.
    for signer, reader in [(BOTH, old), (BOTH, new), (old, BOTH), (new, BOTH)]:
        verify(reader, signed(signer, "msg_1", NOW, b"{}"), b"{}", NOW)
    assert len(signed(BOTH, "msg_1", NOW, b"{}")[SIGNATURE].split(" ")) == 2
    assert refused_as(signed(old, "msg_1", NOW, b"{}"), b"{}", new) == "signature_invalid"


def test_signatures_of_other_versions_are_passed_over() -> None:
    headers = signed(SECRETS, "msg_1", NOW, b"{}")
    headers[SIGNATURE] = f"v1a,hnO3f9T8Ytu9HwrX v2,xyz {headers[SIGNATURE]}"
    verify(SECRETS, headers, b"{}", NOW)


def test_the_right_digest_under_another_version_does_not_count() -> None:
    headers = signed(SECRETS, "msg_1", NOW, b"{}")
    headers[SIGNATURE] = headers[SIGNATURE].replace("v1,", "v2,")
    assert refused_as(headers, b"{}") == "signature_invalid"


def test_the_border_between_time_and_body_cannot_be_moved() -> None:
    with pytest.raises(ValueError, match="no full stop"):
        signed(SECRETS, "msg.1", NOW, b"{}")
    headers = signed(SECRETS, "msg", NOW, b"2.{}")
    moved = headers | {ID: f"msg.{headers[TIMESTAMP]}", TIMESTAMP: "2"}
    assert refused_as(moved, b"{}") == "signature_invalid"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_short",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa",
        f"whsec_{base64.b64encode(bytes(65)).decode()}",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-",
        f"{SECRET} whsec_short",
        f"{SECRET},{OLD_SECRET}",
    ],
)
def test_what_is_no_secret_is_refused_in_words(text: str) -> None:
    with pytest.raises(SecretError, match="whsec_ and the base64 of 24 to 64 random bytes"):
        Secrets.read(text)


def test_a_secret_does_not_show_when_it_is_printed() -> None:
    assert "MfKQ" not in repr(SECRETS)
    assert str(SECRETS.keys[0]) not in repr(SECRETS)
