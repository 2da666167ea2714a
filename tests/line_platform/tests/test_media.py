"""Pictures, films, sounds and files: fetched, prepared, slow, huge, mislabelled and gone."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.line_platform.content import Content
from tests.line_platform.customer import Customer
from tests.line_platform.pictures import png


def content(message_id: str, what: str = "") -> str:
    """Return the address of a message's content."""
    return f"/v2/bot/message/{message_id}/content{what}"


async def test_a_picture_is_fetched_as_it_was_sent(hana: Customer, api: httpx.AsyncClient) -> None:
    picture = png(40, 30)
    sent = await hana.sends_image(Content(picture, "image/png"))
    fetched = await api.get(content(sent.message_id))
    assert (fetched.status_code, fetched.content) == (200, picture)
    assert fetched.headers["content-type"] == "image/png"
    assert fetched.headers["content-length"] == str(len(picture))


async def test_what_was_never_sent_is_not_found(hana: Customer, api: httpx.AsyncClient) -> None:
    written = await hana.says("文字だけです")
    for message_id in (written.message_id, "1"):
        for what in ("", "/preview", "/transcoding"):
            fetched = await api.get(content(message_id, what))
            assert (fetched.status_code, fetched.json()) == (404, {"message": "not found"})


async def test_what_was_taken_back_is_gone(hana: Customer, api: httpx.AsyncClient) -> None:
    sent = await hana.sends_image()
    await hana.unsends(sent)
    for what in ("", "/preview", "/transcoding"):
        fetched = await api.get(content(sent.message_id, what))
        assert (fetched.status_code, fetched.json()) == (410, {"message": "The content is gone"})


async def test_a_film_is_prepared_first(hana: Customer, api: httpx.AsyncClient) -> None:
    film = Content(b"film", "video/mp4", "video", preparation="processing")
    sent = await hana.sends_video(film)
    assert (await api.get(content(sent.message_id))).status_code == 202
    state = await api.get(content(sent.message_id, "/transcoding"))
    assert (state.status_code, state.json()) == (200, {"status": "processing"})
    film.preparation = "succeeded"
    state = await api.get(content(sent.message_id, "/transcoding"))
    assert state.json() == {"status": "succeeded"}
    assert (await api.get(content(sent.message_id))).content == b"film"


async def test_a_sound_may_not_be_prepared_at_all(hana: Customer, api: httpx.AsyncClient) -> None:
    sound = Content(b"sound", "audio/x-m4a", "audio", preparation="failed")
    sent = await hana.sends_audio(sound)
    state = await api.get(content(sent.message_id, "/transcoding"))
    assert state.json() == {"status": "failed"}
    assert (await api.get(content(sent.message_id))).status_code == 202


async def test_a_picture_is_not_prepared_and_a_sound_has_no_preview(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    picture, sound = await hana.sends_image(), await hana.sends_audio()
    state = await api.get(content(picture.message_id, "/transcoding"))
    assert (state.status_code, state.json()["message"]) == (
        400,
        "Transcoding status doesn't support this type of content",
    )
    preview = await api.get(content(sound.message_id, "/preview"))
    assert (preview.status_code, preview.json()["message"]) == (
        400,
        "The content can not be previewed",
    )
    assert (await api.get(content(picture.message_id, "/preview"))).status_code == 200


async def test_a_file_can_be_something_else_than_it_says(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    program = Content(b"MZ\x90\x00", "image/jpeg", "file")
    sent = await hana.sends_file("写真.jpg", program)
    fetched = await api.get(content(sent.message_id))
    assert (fetched.headers["content-type"], fetched.content[:2]) == ("image/jpeg", b"MZ")


@pytest.mark.parametrize("tells_length", [True, False])
async def test_a_film_can_be_huge_and_a_careful_client_stops_reading(
    hana: Customer, api: httpx.AsyncClient, *, tells_length: bool
) -> None:
    size = 200 * 1024 * 1024
    film = Content(b"", "video/mp4", "video", size=size, tells_length=tells_length)
    sent = await hana.sends_video(film)
    read = 0
    async with api.stream("GET", content(sent.message_id)) as response:
        assert response.headers.get("content-length") == (str(size) if tells_length else None)
        async for chunk in response.aiter_bytes():
            read += len(chunk)
            if read > 1024 * 1024:
                break
    assert read < size


async def test_a_download_can_stand_still_and_go_on(hana: Customer, api: httpx.AsyncClient) -> None:
    film = Content(b"a" * 100_000 + b"b" * 100_000, "video/mp4", "video", stalls_after=100_000)
    sent = await hana.sends_video(film)
    arrived = bytearray()
    half = asyncio.Event()

    async def fetch() -> None:
        async with api.stream("GET", content(sent.message_id)) as response:
            async for chunk in response.aiter_bytes():
                arrived.extend(chunk)
                if len(arrived) >= 100_000:
                    half.set()

    fetching = asyncio.create_task(fetch())
    await half.wait()
    assert bytes(arrived) == b"a" * 100_000
    assert not fetching.done()
    film.resumed.set()
    await fetching
    assert bytes(arrived) == film.data


async def test_a_client_s_patience_ends_before_a_download_that_stands_still(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    sent = await hana.sends_video(Content(b"film", "video/mp4", "video", stalls_after=2))
    with pytest.raises(httpx.ReadTimeout):
        await api.get(content(sent.message_id), timeout=0.05)
