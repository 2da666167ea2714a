"""A bot that shows something of every kind, for looking at the sandbox's page."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.line_platform.people import DEMO_SECRET, DEMO_TOKEN
from tests.line_platform.signature import signature

type Json = dict[str, Any]


class EchoBot:
    """Says again what was written; some words bring cards, buttons, waiting and push messages."""

    def __init__(self) -> None:
        """Wait to be told where the API is."""
        self.app = Starlette(routes=[Route("/webhook", self._webhook, methods=["POST"])])
        self.api_url = ""
        self.refused = 0
        self.events: list[Json] = []

    async def _webhook(self, request: Request) -> Response:
        body = await request.body()
        if request.headers.get("x-line-signature") != signature(DEMO_SECRET, body):
            self.refused += 1
            return Response(status_code=401)
        for event in (await request.json())["events"]:
            self.events.append(event)
            await self._answer(event)
        return Response()

    async def _answer(self, event: Json) -> None:
        said = event.get("message", {}).get("text") or event.get("postback", {}).get("data", "")
        if "replyToken" not in event or not said:
            return
        if said == "待って":
            await self._call("chat/loading/start", {"chatId": event["source"]["userId"]})
        elif said == "あとで":
            messages = [{"type": "text", "text": "お待たせしました。"}]
            await self._call(
                "message/push", {"to": event["source"]["userId"], "messages": messages}
            )
        else:
            messages = [_answer_to(said)]
            await self._call(
                "message/reply", {"replyToken": event["replyToken"], "messages": messages}
            )

    async def _call(self, path: str, content: Json) -> None:
        headers = {"Authorization": f"Bearer {DEMO_TOKEN}"}
        async with asyncio.timeout(30), httpx.AsyncClient(headers=headers) as client:
            await client.post(f"{self.api_url}/v2/bot/{path}", json=content)


def _post_back(label: str) -> Json:
    return {"type": "postback", "label": label, "data": label, "displayText": label}


def _answer_to(said: str) -> Json:
    if said == "カード":
        return {"type": "flex", "altText": "ご注文 A-1001", "contents": _CARD}
    if said == "ボタン":
        actions = [_post_back("返品する"), _LINK]
        template = {"type": "buttons", "text": "どれですか", "actions": actions}
        return {"type": "template", "altText": "どれですか", "template": template}
    items = [{"type": "action", "action": _post_back(label)} for label in ("カード", "ボタン")]
    return {"type": "text", "text": f"「{said}」ですね。", "quickReply": {"items": items}}


def _row(name: str, value: str) -> Json:
    return {
        "type": "box",
        "layout": "horizontal",
        "contents": [
            {"type": "text", "text": name, "color": "#666666", "size": "sm", "flex": 2},
            {"type": "text", "text": value, "size": "sm", "wrap": True, "flex": 5},
        ],
    }


_LINK = {"type": "uri", "label": "お店を見る", "uri": "https://shop.example.com/"}
_CARD: Json = {
    "type": "bubble",
    "body": {
        "type": "box",
        "layout": "vertical",
        "spacing": "md",
        "contents": [
            {"type": "text", "text": "ご注文 A-1001", "weight": "bold", "size": "lg"},
            {"type": "separator"},
            _row("状態", "発送済み"),
            _row("お届け", "12月11日(金)まで"),
        ],
    },
    "footer": {
        "type": "box",
        "layout": "vertical",
        "spacing": "sm",
        "contents": [
            {"type": "button", "style": "primary", "action": _post_back("返品を申し込む")},
            {"type": "button", "action": _LINK},
        ],
    },
}
