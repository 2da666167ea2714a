"""What cameras write beside a picture is gone once the picture is kept; what shows stays."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from madoguchi.media.metadata import without_metadata
from madoguchi.media.uploads import examine
from tests.media import samples

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_ROTATION, _MAKER, _PLACE = 0x0112, 0x010F, 0x8825


def photo(kind: str, rotation: int = 1, *, progressive: bool = False) -> bytes:
    """Return a picture as a camera makes it, with the place where it was taken."""
    picture = Image.radial_gradient("L").convert("RGB").resize((64, 48))
    notes = Image.Exif()
    notes[_MAKER] = "Hidden Camera Works"
    notes[_ROTATION] = rotation
    notes.get_ifd(_PLACE)[2] = (35.0, 39.0, 31.0)
    made = io.BytesIO()
    more: dict[str, object] = {}
    if kind == "PNG":
        words = PngInfo()
        words.add_itxt("XML:com.adobe.xmp", "Hidden Place")
        words.add_text("Author", "Hidden Author")
        more["pnginfo"] = words
    else:
        more["xmp"] = b"<x:xmpmeta>Hidden Place</x:xmpmeta>"
    if kind == "JPEG":
        more |= {"progressive": progressive, "comment": b"Hidden Comment"}
    picture.save(made, kind, exif=notes, icc_profile=b"profile of colours", **more)
    return made.getvalue()


def shown(content: bytes) -> tuple[tuple[int, int], bytes]:
    """Return what a picture shows."""
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size, picture.convert("RGB").tobytes()


def notes_of(content: bytes) -> dict[int, object]:
    """Return what stands beside a picture."""
    with Image.open(io.BytesIO(content)) as picture:
        found = picture.getexif()
        return dict(found) | dict(found.get_ifd(_PLACE))


@pytest.mark.parametrize("kind", TYPES)
def test_a_photo_does_not_say_where_it_was_taken(kind: str) -> None:
    """The samples have a place, a maker, an author: else this would test nothing."""
    taken = photo(kind)
    assert _PLACE in notes_of(taken)
    assert b"Hidden" in taken
    clean = without_metadata(taken, TYPES[kind])
    assert notes_of(clean) == {}
    assert b"Hidden" not in clean


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("rotation", [1, 3, 6, 8])
def test_a_photo_shows_the_same_and_the_same_way_up(kind: str, rotation: int) -> None:
    taken = photo(kind, rotation)
    clean = without_metadata(taken, TYPES[kind])
    assert shown(clean) == shown(taken)
    assert notes_of(clean) == ({} if rotation == 1 else {_ROTATION: rotation})
    with Image.open(io.BytesIO(clean)) as picture:
        assert picture.info["icc_profile"] == b"profile of colours"


def test_a_picture_of_several_scans_stays_whole() -> None:
    taken = photo("JPEG", progressive=True)
    assert shown(without_metadata(taken, "image/jpeg")) == shown(taken)


def test_what_a_telephone_hangs_behind_a_photo_goes() -> None:
    """A film of the moment before, or a second picture: each with a place of its own."""
    taken = photo("JPEG")
    clean = without_metadata(taken + photo("JPEG") + samples.MP4, "image/jpeg")
    assert clean == without_metadata(taken, "image/jpeg")


@pytest.mark.parametrize("kind", TYPES)
def test_a_clean_picture_stays_as_it_is(kind: str) -> None:
    clean = without_metadata(photo(kind, 6), TYPES[kind])
    assert without_metadata(clean, TYPES[kind]) == clean


@pytest.mark.parametrize("kind", ["image/gif", "application/pdf", "text/plain; charset=utf-8"])
def test_other_files_stay_as_they_are(kind: str) -> None:
    assert without_metadata(photo("JPEG"), kind) == photo("JPEG")


@pytest.mark.parametrize("kind", TYPES)
@given(data=st.data())
def test_whatever_is_broken_is_cleaned_as_far_as_it_can_be_read(
    kind: str, data: st.DataObject
) -> None:
    """Nothing is raised, nothing grows but by the note of the rotation, and once is enough."""
    whole = bytearray(photo(kind, 6))
    del whole[data.draw(st.integers(12, len(whole))) :]
    for at in data.draw(st.lists(st.integers(0, 400), max_size=8)):
        if 12 <= at < len(whole):
            whole[at] = data.draw(st.integers(0, 255))
    clean = without_metadata(bytes(whole), TYPES[kind])
    assert len(clean) <= len(whole) + 50


@given(st.binary(max_size=200), st.sampled_from(sorted(TYPES.values())))
def test_bytes_of_any_kind_are_no_trouble(content: bytes, kind: str) -> None:
    without_metadata(content, kind)


def test_what_agents_and_customers_upload_is_kept_without_the_place() -> None:
    upload = examine(photo("JPEG", 6), "傷.jpg")
    assert notes_of(upload.content) == {_ROTATION: 6}
    assert shown(upload.content) == shown(photo("JPEG", 6))
