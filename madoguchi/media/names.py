"""What a customer's file may be called: a name is shown, saved and put into a header."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 100
_LONGEST_SUFFIX = 10
# A Windows machine gives them a meaning, in a file's name or in a path.
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789"}
)


def clean_name(name: str | None) -> str | None:
    """Return a file's name without path, control and invisible characters, None when none is left.

    Directions of writing (bidi overrides) go too: with them ``gpj.exe`` reads as ``exe.jpg``. It
    has at most 100 characters, of which the suffix is kept, and is no name of a device.
    """
    if name is None:
        return None
    # Composed first: characters that only look like a slash become one, and are cut off with it.
    last = unicodedata.normalize("NFKC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(_shown(letter) for letter in last).translate(_FORBIDDEN)
    plain = " ".join(shown.split()).strip(". ")
    if not plain:
        return None
    if plain.partition(".")[0].strip().lower() in _DEVICES:
        plain = f"_{plain}"
    return _shortened(plain)


def suffix_of(name: str | None) -> str:
    """Return what a name ends in after its last dot, in small letters, "" without one."""
    stem, dot, suffix = (name or "").rpartition(".")
    return suffix.lower() if stem and dot else ""


def _shown(letter: str) -> str:
    if letter.isprintable():
        return letter
    return " " if letter.isspace() else ""


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    suffix = suffix_of(name)
    if not suffix or len(suffix) > _LONGEST_SUFFIX:
        return name[:LONGEST_NAME].strip(". ")
    return name[: LONGEST_NAME - len(suffix) - 1].rstrip(". ") + "." + suffix
