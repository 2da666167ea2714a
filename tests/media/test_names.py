"""What customers call their files, and what is left of it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.media.names import LONGEST_NAME, clean_name, suffix_of

_ANY_NAME = st.text(st.characters(exclude_categories=()), max_size=300)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("領収書.pdf", "領収書.pdf"),
        ("IMG 0001.JPG", "IMG 0001.JPG"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\hanako\\写真.jpg", "写真.jpg"),
        ("／etc／写真.jpg", "写真.jpg"),
        ("写\u202egpj.exe", "写gpj.exe"),
        ("a\u200b\u2066b\u061c.png", "ab.png"),
        ('a\r\nSet-Cookie: x="1".png', "a Set-Cookie_ x=_1_.png"),
        ("写真　１.jpg", "写真 1.jpg"),
        ("…", None),
        ("  .hidden. ", "hidden"),
        ("a\0b.txt", "ab.txt"),
        ("\ud800.txt", "txt"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("contract.txt", "contract.txt"),
        ("..", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_loses_what_is_not_one(sent: str | None, kept: str | None) -> None:
    assert clean_name(sent) == kept


def test_a_long_name_is_cut_before_its_suffix() -> None:
    assert clean_name("あ" * 300 + ".jpeg") == "あ" * 95 + ".jpeg"
    assert clean_name("あ" * 300) == "あ" * 100
    assert clean_name("a." + "b" * 300) == "a." + "b" * 98


@given(_ANY_NAME)
def test_no_name_has_a_path_a_control_or_an_invisible_character(sent: str) -> None:
    kept = clean_name(sent)
    if kept is None:
        return
    assert 1 <= len(kept) <= LONGEST_NAME
    assert not set(kept) & set('/\\<>:"|?*')
    assert kept == kept.strip(". ")
    categories = {unicodedata.category(letter) for letter in kept}
    assert not categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    kept.encode()  # what a database and a header can take


@given(_ANY_NAME)
def test_cleaning_a_clean_name_changes_nothing(sent: str) -> None:
    once = clean_name(sent)
    assert clean_name(once) == once


def test_a_suffix_is_what_follows_the_last_dot() -> None:
    assert suffix_of("a.tar.GZ") == "gz"
    assert suffix_of(".profile") == ""
    assert suffix_of("name") == ""
    assert suffix_of(None) == ""
