"""Nothing of what customers write or are shows in what the processes print."""

from __future__ import annotations

import signal
import uuid

import httpx
import pytest

from madoguchi.clock import SystemClock
from madoguchi.identity import sign_identity
from madoguchi.settings import DEMO_IDENTITY_SECRET, PROJECT
from tests.e2e.conftest import OpenChat
from tests.e2e.service import WholeService

pytestmark = pytest.mark.assistant

# In letters that look the same in every encoding that a log may use.
MARK = f"HIMITSU{uuid.uuid4().hex}"
PHONE, MAIL, ORDER = "090-7351-8264", f"{MARK}@example.com", "A20261122987"
PERSONAL = f"{MARK}です。電話は{PHONE}、メールは{MAIL}、注文番号は{ORDER}です。"


def test_a_whole_conversation_leaves_no_trace_in_any_output(
    running: WholeService, open_chat: OpenChat
) -> None:
    """At the level DEBUG, through refusals, failures and an engine that dies in a turn."""
    member, name = f"M-{uuid.uuid4().hex}", "見本 名前子"
    identity = sign_identity(member, name, DEMO_IDENTITY_SECRET, SystemClock())
    chat = open_chat("store", identity)
    choice = chat.greeting[0]["choices"][0]
    chat.say(PERSONAL)
    chat.say(f"{PERSONAL} 変更したい")
    chat.say(f"変更したい {MARK[:9]}")
    chat.tap(choice)
    _refusals(running.url, chat.id, chat.token, identity)
    for body in (
        {"text": MARK * 200},
        {"text": PERSONAL, "choice": MARK},
        {"choice": MARK[:60]},
        {MARK: PERSONAL},
        f'{{"text": "{MARK}'.encode(),
    ):
        assert chat.post(body, f"key-{MARK}-{uuid.uuid4().hex}").status_code == 422
    running.send("engine", signal.SIGSTOP)
    chat.leave_behind(PERSONAL)
    running.send("engine", signal.SIGKILL)
    chat.say(PERSONAL)
    running.send("service", signal.SIGKILL)
    running.wait_until_ready()
    last = chat.say("送料っていくら？")[-1]["seq"]
    said = [each["text"] for each in chat.history(last)]
    assert said.count(PERSONAL) == 3
    secrets = (MARK, PHONE, PHONE.replace("-", ""), ORDER, chat.token, identity, member, name)
    trained = [log.read_text(errors="replace") for log in PROJECT.glob("var/*.log")]
    printed = "\n".join([running.output, *trained])
    assert '"route": "/api/v1/conversations/{id}/messages"' in printed
    assert [secret for secret in (*secrets, *said) if secret in printed] == []
    assert identity.split(".")[1] not in printed


def _refusals(url: str, conversation: str, token: str, identity: str) -> None:
    """Ask for what is not given, with the secrets where they do not belong."""
    address = f"{url}/api/v1/conversations/{conversation}"
    bearer = {"Authorization": f"Bearer {token}"}
    answers = [
        httpx.get(f"{url}/{MARK}", params={"token": token, "q": PERSONAL}, headers=bearer),
        httpx.get(f"{address}/events", headers={"Authorization": f"Bearer {token}x"}),
        httpx.get(f"{address}/events", params={"after": MARK}, headers=bearer),
        httpx.get(f"{url}/api/v1/conversations/{token}/events", headers=bearer),
        httpx.put(f"{address}/messages", params={"q": MARK}, headers=bearer),
        httpx.post(f"{address}/messages", json={"text": MARK}, headers=bearer),
        httpx.post(
            f"{url}/api/v1/conversations", json={"site": "store", "identity": identity + "x"}
        ),
        httpx.post(f"{url}/api/v1/conversations", json={"site": MARK, "identity": identity}),
    ]
    assert all(httpx.codes.is_client_error(answer.status_code) for answer in answers)
