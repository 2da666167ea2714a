"""The client against LINE's stand-in over real HTTP, with everything that LINE may do to it."""

from __future__ import annotations

import asyncio
import socket
import uuid
from datetime import timedelta

import pytest
from linebot.v3.messaging import Message, TextMessage

from madoguchi.channels.line.client import LineClient
from madoguchi.channels.line.errors import LineError
from madoguchi.channels.line.transport import LINE, LINE_DATA, Bounds
from madoguchi.conversations.channel import (
    Fetched,
    MediaGoneError,
    MediaPendingError,
    MediaTooLargeError,
    Outcome,
    Profile,
    Result,
)
from tests.line_platform import faults
from tests.line_platform.content import Content
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.people import DEMO_TOKEN
from tests.line_platform.pictures import png
from tests.support.logs import printed_logs

KEY = uuid.UUID("123e4567-e89b-12d3-a456-426614174000")
# So short that a test of a silent platform is over soon; nothing that is answered is held to it.
HASTY = Bounds(connect=5, whole=1, file_pause=1, file_whole=20)


def text(words: str = "無料です。") -> list[Message]:
    return [TextMessage(text=words)]


def hasty(line: FakeLine) -> LineClient:
    return LineClient(DEMO_TOKEN, url=line.url, data_url=line.data_url, bounds=HASTY)


async def token_of(hana: Customer) -> str:
    token: str = (await hana.says("送料は？")).event["replyToken"]
    return token


# --- sending


async def test_a_reply_is_free(client: LineClient, hana: Customer) -> None:
    outcome = await client.reply(await token_of(hana), text())
    [bubble] = await hana.receives()
    assert outcome == Outcome(Result.SENT, via="reply", counted=0, external_ids=(bubble.id,))
    assert (bubble.text, bubble.via) == ("無料です。", "reply")


async def test_a_push_is_counted_once_however_many_messages_it_brings(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    outcome = await client.push(hana.id, [*text("1"), *text("2"), *text("3")], KEY)
    bubbles = await hana.receives(3)
    assert outcome == Outcome(
        Result.SENT, via="push", counted=1, external_ids=tuple(each.id for each in bubbles)
    )
    assert line.platform.quota.used(line.clock.now()) == 1
    [call] = line.calls("push")
    assert call.headers["x-line-retry-key"] == str(KEY)


async def test_a_second_try_to_push_is_harmless(client: LineClient, hana: Customer) -> None:
    first = await client.push(hana.id, text(), KEY)
    assert await client.push(hana.id, text(), KEY) == first
    assert len(await hana.receives()) == 1
    assert [bubble.text for bubble in hana.chat] == ["無料です。"]


@pytest.mark.parametrize("fault", [faults.hangs(), faults.resets(accepted=True)])
async def test_a_push_whose_end_was_not_seen_is_sent_by_the_next_try(
    line: FakeLine, client: LineClient, hana: Customer, fault: faults.Fault
) -> None:
    impatient = hasty(line)
    line.fail("push", fault)
    assert (await impatient.push(hana.id, text(), KEY)).result is Result.UNSURE
    await impatient.close()
    [bubble] = await hana.receives()
    again = await client.push(hana.id, text(), KEY)
    assert again == Outcome(Result.SENT, via="push", counted=1, external_ids=(bubble.id,))
    assert len(line.sent(hana)) == 1


async def test_a_reply_carries_no_retry_key(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    await client.reply(await token_of(hana), text())
    [call] = line.calls("reply")
    assert "x-line-retry-key" not in call.headers


async def test_a_used_token_is_of_no_use(client: LineClient, hana: Customer) -> None:
    token = await token_of(hana)
    await client.reply(token, text())
    outcome = await client.reply(token, text())
    assert outcome == Outcome(
        Result.REFUSED, via="reply", code="token_invalid", detail="Invalid reply token"
    )


async def test_an_old_token_is_of_no_use(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    token = await token_of(hana)
    line.clock.advance(61)
    assert (await client.reply(token, text())).code == "token_invalid"


async def test_what_line_would_refuse_is_not_sent(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    outcome = await client.push(hana.id, text() * 6, KEY)
    assert (outcome.result, outcome.code) == (Result.REFUSED, "invalid_request")
    assert line.calls("push") == []
    outcome = await client.reply("a-token", text() * 6)
    assert (outcome.result, outcome.via) == (Result.REFUSED, "reply")
    assert line.calls("reply") == []


async def test_a_refusal_says_what_is_wrong_and_not_whose_it_is(
    client: LineClient, hana: Customer
) -> None:
    outcome = await client.push(hana.id, text("あ" * 5001), KEY)
    assert outcome == Outcome(
        Result.REFUSED,
        via="push",
        code="invalid_request",
        detail=(
            "The request body has 1 error(s) / messages[0].text: Length must be between 0 and 5000"
        ),
    )


async def test_a_stranger_cannot_be_written_to(client: LineClient) -> None:
    outcome = await client.push("U" + "0" * 32, text(), KEY)
    assert (outcome.result, outcome.code) == (Result.REFUSED, "user_unknown")


@pytest.mark.parametrize("endpoint", ["reply", "push"])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (faults.bad_request(), (Result.REFUSED, "invalid_request", None)),
        (
            faults.unauthorized(),
            (Result.RETRY, "refused_credentials", timedelta(minutes=10)),
        ),
        (faults.forbidden(), (Result.RETRY, "refused_credentials", timedelta(minutes=10))),
        (faults.rate_limit(), (Result.RETRY, "rate_limit", None)),
        (faults.monthly_limit(), (Result.HELD, "quota", None)),
        (faults.server_error(), (Result.UNSURE, "server_error", None)),
        (faults.server_error(503), (Result.UNSURE, "server_error", None)),
        (faults.hangs(accepted=False), (Result.UNSURE, "timeout", None)),
        (faults.resets(), (Result.UNSURE, "connection_lost", None)),
    ],
)
async def test_every_failure_has_its_outcome(
    line: FakeLine,
    hana: Customer,
    endpoint: str,
    fault: faults.Fault,
    expected: tuple[Result, str, timedelta | None],
) -> None:
    client = hasty(line) if fault.ending == "hang" else LineClient(DEMO_TOKEN, url=line.url)
    token = await token_of(hana)
    line.fail(endpoint, fault)
    if endpoint == "reply":
        outcome = await client.reply(token, text())
    else:
        outcome = await client.push(hana.id, text(), KEY)
    assert (outcome.result, outcome.code, outcome.after) == expected
    assert (outcome.via, outcome.counted, outcome.external_ids) == (endpoint, 0, ())
    await client.close()
    assert line.sent(hana) == []


async def test_a_month_that_is_used_up_holds_pushes_and_not_replies(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    line.platform.quota.set_used(200, line.clock.now())
    assert (await client.push(hana.id, text(), KEY)).result is Result.HELD
    assert (await client.reply(await token_of(hana), text())).result is Result.SENT


async def test_an_address_where_nobody_is_was_not_sent_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = LineClient(DEMO_TOKEN, url=f"http://127.0.0.1:{port}")
    outcome = await client.push("U" + "a" * 32, text(), KEY)
    assert (outcome.result, outcome.code) == (Result.RETRY, "unreachable")
    await client.close()


async def test_a_connection_that_does_not_come_about_was_not_sent_to() -> None:
    # Its queue is full and nobody takes from it, so the kernel lets further ones wait.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf, socket.socket() as first:
        first.connect(deaf.getsockname())
        bounds = Bounds(connect=0.3, whole=60)
        client = LineClient(
            DEMO_TOKEN, url=f"http://127.0.0.1:{deaf.getsockname()[1]}", bounds=bounds
        )
        outcome = await client.push("U" + "a" * 32, text(), KEY)
        await client.close()
    assert (outcome.result, outcome.code) == (Result.RETRY, "unreachable")


async def test_a_name_that_nobody_knows_was_not_sent_to() -> None:
    client = LineClient(DEMO_TOKEN, url="http://line.invalid")
    outcome = await client.push("U" + "a" * 32, text(), KEY)
    assert (outcome.result, outcome.code) == (Result.RETRY, "unreachable")
    await client.close()


async def test_a_wrong_access_token_loses_nothing(line: FakeLine, hana: Customer) -> None:
    client = LineClient("an old token", url=line.url)
    outcome = await client.push(hana.id, text(), KEY)
    assert (outcome.result, outcome.code) == (Result.RETRY, "refused_credentials")
    await client.close()


async def test_many_at_once_share_their_connections(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    outcomes = await asyncio.gather(
        *(client.push(hana.id, text(str(n)), uuid.uuid4()) for n in range(50))
    )
    assert {outcome.result for outcome in outcomes} == {Result.SENT}
    assert len(await hana.receives(50)) == 50


async def test_messages_are_checked_without_sending_them(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    await client.validate(text())
    with pytest.raises(LineError, match="invalid_request"):
        await client.validate(text("あ" * 5001))
    assert line.sent(hana) == []


async def test_the_waiting_animation_is_shown(client: LineClient, hana: Customer) -> None:
    await client.start_loading(hana.id)
    assert hana.sees_loading


@pytest.mark.parametrize(("asked", "sent"), [(1, 5), (5, 5), (19, 15), (60, 60), (300, 60)])
async def test_the_waiting_animation_lasts_as_line_allows(
    line: FakeLine, client: LineClient, hana: Customer, asked: int, sent: int
) -> None:
    await client.start_loading(hana.id, asked)
    [call] = line.calls("loading")
    assert (call.status, call.json["loadingSeconds"]) == (202, sent)


@pytest.mark.parametrize("fault", ["rate_limit", "server_error", "resets"])
async def test_without_the_waiting_animation_life_goes_on(
    line: FakeLine, client: LineClient, hana: Customer, fault: str
) -> None:
    line.fail("loading", faults.BY_NAME[fault])
    await client.start_loading(hana.id)
    assert not hana.sees_loading


# --- customers


async def test_a_customer_s_name_and_language(client: LineClient, hana: Customer) -> None:
    assert await client.profile(hana.id) == Profile("佐藤 花子", "ja")


async def test_a_customer_who_blocks_tells_nothing(client: LineClient, hana: Customer) -> None:
    await hana.blocks()
    assert await client.profile(hana.id) is None


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("unauthorized", "refused_credentials"),
        ("rate_limit", "rate_limit"),
        ("server_error", "server_error"),
        ("resets", "connection_lost"),
    ],
)
async def test_a_profile_may_be_had_later(
    line: FakeLine, client: LineClient, hana: Customer, fault: str, code: str
) -> None:
    line.fail("profile", faults.BY_NAME[fault], times=2)
    with pytest.raises(LineError) as failed:
        await client.profile(hana.id)
    assert failed.value.code == code


async def test_a_link_token_begins_an_account_link(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    token = await client.link_token(hana.id)
    assert await line.link_account(token, "a-nonce-of-the-shop", opened_by=hana.id)
    assert hana.user.linked_nonce == "a-nonce-of-the-shop"


async def test_the_month_s_figures(line: FakeLine, client: LineClient, hana: Customer) -> None:
    await client.push(hana.id, text(), KEY)
    assert await client.quota() == (200, 1)
    line.platform.quota.limit = None
    assert await client.quota() == (None, 1)


# --- files


async def test_a_picture_is_fetched_from_line_s_other_address(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    picture = png(30, 20)
    sent = await hana.sends_image(Content(picture))
    assert await client.content(sent.message_id, len(picture)) == Fetched(picture, "image/png")
    [call] = line.calls("content")
    assert line.data_url.endswith(call.headers["host"])


@pytest.mark.parametrize("tells_length", [True, False])
async def test_a_file_that_is_too_large_is_not_read_to_its_end(
    line: FakeLine, client: LineClient, hana: Customer, *, tells_length: bool
) -> None:
    # It stops for good soon after the limit: who reads on does not come to an end.
    huge = Content(b"", size=10**12, tells_length=tells_length, stalls_after=3_000_000)
    sent = await hana.sends_file("film.mp4", huge)
    with pytest.raises(MediaTooLargeError):
        await client.content(sent.message_id, 1_000_000)


@pytest.mark.parametrize("tells_length", [True, False])
async def test_a_file_of_just_the_limit_is_read(
    client: LineClient, hana: Customer, *, tells_length: bool
) -> None:
    sent = await hana.sends_file("a.bin", Content(b"x", size=200_000, tells_length=tells_length))
    fetched = await client.content(sent.message_id, 200_000)
    assert len(fetched.content) == 200_000


async def test_a_file_that_stops_coming_is_had_later(line: FakeLine, hana: Customer) -> None:
    client = hasty(line)
    sent = await hana.sends_file("a.bin", Content(b"x", size=500_000, stalls_after=100_000))
    with pytest.raises(LineError, match="timeout"):
        await client.content(sent.message_id, 1_000_000)
    await client.close()


async def test_a_film_may_not_be_ready_yet(client: LineClient, hana: Customer) -> None:
    film = Content(b"film", "video/mp4", "video", preparation="processing")
    sent = await hana.sends_video(film)
    with pytest.raises(MediaPendingError):
        await client.content(sent.message_id, 100)
    film.preparation = "succeeded"
    assert (await client.content(sent.message_id, 100)).content == b"film"


async def test_a_film_that_line_cannot_prepare_never_comes(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    sent = await hana.sends_video(Content(b"", "video/mp4", "video", preparation="failed"))
    with pytest.raises(MediaGoneError):
        await client.content(sent.message_id, 100)
    line.fail("transcoding", faults.server_error())
    with pytest.raises(MediaPendingError):
        await client.content(sent.message_id, 100)


async def test_what_was_taken_back_or_never_was_is_gone(client: LineClient, hana: Customer) -> None:
    sent = await hana.sends_image()
    await hana.unsends(sent)
    for message_id in (sent.message_id, "1", "../../../v2/bot/info", "あ"):
        with pytest.raises(MediaGoneError):
            await client.content(message_id, 100)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("unauthorized", "refused_credentials"),
        ("rate_limit", "rate_limit"),
        ("server_error", "server_error"),
        ("resets", "connection_lost"),
    ],
)
async def test_a_file_may_be_had_later(
    line: FakeLine, client: LineClient, hana: Customer, fault: str, code: str
) -> None:
    sent = await hana.sends_image()
    line.fail("content", faults.BY_NAME[fault], times=2)
    with pytest.raises(LineError) as failed:
        await client.content(sent.message_id, 1000)
    assert failed.value.code == code


# --- how


async def test_a_client_that_was_not_used_has_nothing_to_close() -> None:
    await LineClient(DEMO_TOKEN).close()


async def test_a_closed_client_may_be_used_again(client: LineClient, hana: Customer) -> None:
    await client.profile(hana.id)
    await client.close()
    await client.close()
    assert await client.profile(hana.id) is not None


def test_a_client_is_made_before_there_is_a_loop() -> None:
    assert LineClient(DEMO_TOKEN) is not None


@pytest.mark.parametrize(
    ("url", "data_url", "expected"),
    [
        (LINE, None, (LINE, LINE_DATA)),
        (f"{LINE}/", None, (LINE, LINE_DATA)),
        ("http://127.0.0.1:8090/", None, ("http://127.0.0.1:8090",) * 2),
        ("http://a.example", "http://b.example/", ("http://a.example", "http://b.example")),
    ],
)
def test_files_are_at_line_s_other_address_or_at_the_stand_in(
    url: str, data_url: str | None, expected: tuple[str, str]
) -> None:
    client = LineClient(DEMO_TOKEN, url=url, data_url=data_url)
    assert (client._url, client._data_url) == expected


async def test_errors_are_logged_with_line_s_id_and_nothing_of_the_customer(
    line: FakeLine, client: LineClient, hana: Customer
) -> None:
    line.fail("push", faults.server_error())
    with printed_logs("DEBUG") as printed:
        await client.push(hana.id, text("秘密の相談です"), KEY)
        await client.profile("U" + "0" * 32)
        await client.profile(hana.id)
    [push] = line.calls("push")
    logged = printed.getvalue()
    assert push.request_id in logged
    assert '"code": "server_error"' in logged
    for secret in (hana.id, "U" + "0" * 32, "秘密", "佐藤", DEMO_TOKEN, str(KEY)):
        assert secret not in logged
