"""One-time codes: the phone's clock may be a little off, and nothing else fits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.desk.totp import counter_of, new_secret, uri
from tests.desk.signin_parts import NOW

# RFC 6238, appendix B (SHA-1): the last six of its eight figures.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
]
TIMES = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  (hypothesis adds the zone)


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_the_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert counter_of(RFC_SECRET, code, at) == seconds // 30


@given(TIMES, st.integers(-5, 5))
def test_a_code_counts_one_step_around_its_own(at: datetime, steps: int) -> None:
    step = int(at.timestamp()) // 30
    code = pyotp.TOTP(RFC_SECRET).generate_otp(step + steps)
    found = counter_of(RFC_SECRET, code, at)
    if abs(steps) <= 1:
        assert found is not None
        assert pyotp.TOTP(RFC_SECRET).generate_otp(found) == code
    else:
        # One in half a million codes is that of another step, too.
        assert found in {None, step - 1, step, step + 1}
        assert found is None or pyotp.TOTP(RFC_SECRET).generate_otp(found) == code


@given(st.text(st.characters(exclude_categories=()), max_size=10))
def test_whatever_is_typed_is_only_right_or_wrong(typed: str) -> None:
    right = {pyotp.TOTP(RFC_SECRET).at(NOW, counter_offset=steps) for steps in (-1, 0, 1)}
    if typed not in right:
        assert counter_of(RFC_SECRET, typed, NOW) is None


@pytest.mark.parametrize("form", ["{0} {1}", " {0}{1}\n", "{0}\u3000{1}"])
def test_gaps_and_full_width_figures_are_read(form: str) -> None:
    code = pyotp.TOTP(RFC_SECRET).at(NOW)
    wide = code.translate({ord(str(figure)): chr(0xFF10 + figure) for figure in range(10)})
    for written in (code, wide):
        assert counter_of(RFC_SECRET, form.format(written[:3], written[3:]), NOW) is not None


def test_at_the_beginning_of_time_there_is_no_step_before() -> None:
    first = datetime.fromtimestamp(0, UTC)
    assert counter_of(RFC_SECRET, pyotp.TOTP(RFC_SECRET).generate_otp(0), first) == 0


def test_a_secret_is_long_and_never_the_same() -> None:
    secrets = {new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert {len(secret) for secret in secrets} == {32}


def test_an_app_reads_secret_and_name_from_the_address() -> None:
    secret = new_secret()
    parts = urlsplit(uri(secret, "sato@example.jp"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Madoguchi:sato%40example.jp"
    assert parse_qs(parts.query)["secret"] == [secret]
    assert parse_qs(parts.query)["issuer"] == ["Madoguchi"]
    app = pyotp.parse_uri(uri(secret, "sato"))
    assert isinstance(app, pyotp.TOTP)
    assert counter_of(secret, app.at(NOW + timedelta(seconds=20)), NOW) is not None
