"""Mails: nothing that a customer is called can become a header, and a key is always one mail."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.notifications.mail import (
    AddressError,
    Mail,
    message,
    message_id,
    one_line,
    sender_of,
)

FROM = Address("窓口", addr_spec="support@shop.example.jp")
AT = datetime(2026, 12, 4, 3, 0, tzinfo=UTC)
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}
words = st.text(
    st.one_of(st.characters(), st.sampled_from("\r\n\t\v\f\x1c\x85\u2028:<>@=?,;\"'あ髙𠮷"))
)


def read_back(mail: EmailMessage) -> EmailMessage:
    """Return the mail as its recipient reads it."""
    return message_from_bytes(mail.as_bytes(), policy=policy.SMTP)


@given(words, words)
def test_whatever_a_subject_and_a_text_hold_there_are_only_our_headers(
    subject: str, text: str
) -> None:
    mail = read_back(message(Mail(f"[{subject}] 様", text), FROM, "a@example.jp", "k", AT))
    assert set(mail.keys()) == HEADERS
    assert [str(each) for each in mail["To"].addresses] == ["a@example.jp"]
    assert mail.get_content_type() == "text/plain"
    assert not mail.defects


@given(words)
def test_a_line_stays_one(text: str) -> None:
    assert one_line(text).splitlines() in ([one_line(text)], [])
    assert one_line(one_line(text)) == one_line(text)


@given(st.text("あいう髙𠮷 abc、（）", min_size=1, max_size=150))
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    mail = read_back(message(Mail(subject, "本文"), FROM, "a@example.jp", "k", AT))
    assert mail["Subject"] == one_line(subject)


def test_the_same_key_is_the_same_mail_and_does_not_show() -> None:
    first, second, other = (message_id(key, FROM) for key in ("waits/1", "waits/1", "waits/2"))
    assert first == second != other
    assert first.endswith("@shop.example.jp>")
    assert "waits" not in first


def test_what_a_person_wrote_is_not_called_automatic_and_answers_come_to_the_team() -> None:
    written = Mail("ご返信", "本文", reply_to="team@shop.example.jp", by_itself=False)
    mail = read_back(message(written, FROM, "a@example.jp", "k", AT))
    assert "Auto-Submitted" not in mail
    assert str(mail["Reply-To"]) == "team@shop.example.jp"


@pytest.mark.parametrize(
    "written",
    ["", "窓口", "a@b", "a@example.jp\r\nBcc: x@example.jp", "a b@example.jp", "a@例え.jp"],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(AddressError):
        message(Mail("件名", "本文"), FROM, written, "k", AT)


def test_a_sender_may_have_a_name() -> None:
    assert str(sender_of("ALLU サポート <support@shop.example.jp>").display_name) == "ALLU サポート"
    assert sender_of("support@shop.example.jp").display_name == ""
