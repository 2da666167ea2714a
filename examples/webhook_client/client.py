# /// script
# requires-python = ">=3.10"
# ///
"""A chat in the terminal that speaks to Madoguchi over the signed webhook; needs Python alone.

    WEBHOOK_SECRET=whsec_... python3 client.py --madoguchi http://127.0.0.1:8080 --listen 8095

A line is sent as the customer's words, a number as a tap on the choice that has this number.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
import threading
import time
import uuid
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from standard_webhooks import HEADERS, NotSignedError, sign, verify

LONGEST_BODY = 1_000_000
TRIES = 5


class RefusedError(Exception):
    """Madoguchi refuses a call, and would refuse it again."""


class Chat:
    """What one customer has seen, and which choices they can tap."""

    def __init__(self, user: str) -> None:
        """Begin the chat of a customer who has seen nothing."""
        self._user = user
        self._lock = threading.Lock()
        self._seen: set[str] = set()
        self._choices: list[dict[str, Any]] = []

    def show(self, call_id: str, call: dict[str, Any]) -> HTTPStatus:
        """Print a call, once per call id since it may come again; return what to answer.

        Calls of a type that is not known are taken and ignored.
        """
        if call["user"]["id"] != self._user:
            return HTTPStatus.GONE
        with self._lock:
            # A real system writes this down together with the messages, in one transaction.
            if call_id not in self._seen:
                self._seen.add(call_id)
                if call["type"] == "typing":
                    print("  ...", flush=True)
                elif call["type"] == "messages":
                    self._print(call["messages"])
        return HTTPStatus.NO_CONTENT

    def _print(self, messages: list[dict[str, Any]]) -> None:
        self._choices = []
        for message in messages:
            print(f"< {message['text']}")
            for choice in message["choices"]:
                self._choices.append(choice)
                print(f"  [{len(self._choices)}] {choice['title']}")
        sys.stdout.flush()

    def content_of(self, line: str) -> dict[str, Any]:
        """Return what of an event a typed line is: a tap when it is a shown number, else text."""
        with self._lock:
            if line.isdecimal() and 1 <= int(line) <= len(self._choices):
                return {"type": "choice", "choice": self._choices[int(line) - 1]["id"]}
        return {"type": "text", "text": line}


def receiver(chat: Chat, secret: str, port: int) -> ThreadingHTTPServer:
    """Return a server that takes Madoguchi's calls on this machine."""

    class Receiver(BaseHTTPRequestHandler):
        """Checks a call before it looks into it."""

        def do_POST(self) -> None:
            """Answer 204 once the messages are shown, 401 to a call that is not signed."""
            length = int(self.headers.get("Content-Length", "0"))
            if length > LONGEST_BODY:
                self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                return
            body = self.rfile.read(length)
            try:
                verify(secret, {name: self.headers.get(name, "") for name in HEADERS}, body)
            except NotSignedError:
                self._answer(HTTPStatus.UNAUTHORIZED)
                return
            self._answer(chat.show(self.headers["webhook-id"], json.loads(body)))

        def _answer(self, status: HTTPStatus) -> None:
            self.send_response(status)
            self.end_headers()

        def log_request(self, *_: object) -> None:
            """Write no log between the lines of the chat."""

    return ThreadingHTTPServer(("127.0.0.1", port), Receiver)


def event(user: str, name: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return an event as Madoguchi takes it."""
    return {
        "id": str(uuid.uuid4()),
        "user": {"id": user, "name": name},
        "at": datetime.now().astimezone().isoformat(),
        **content,
    }


def post(address: str, secret: str, one: dict[str, Any]) -> dict[str, Any]:
    """Return what Madoguchi says to an event; tried again until it was heard.

    Nothing comes twice by that: Madoguchi knows the event by its id. Raises RefusedError when it
    refuses the call, OSError when it is still away after the last try.
    """
    body = json.dumps({"events": [one]}).encode()
    for number in range(TRIES):
        if number:
            time.sleep(2**number)
        try:
            # Signed anew at every try: the time of the try is part of what is signed.
            status, answer = call(address, body, sign(secret, one["id"], body))
        except (OSError, http.client.HTTPException):
            continue
        if status == HTTPStatus.OK:
            results: list[dict[str, Any]] = json.loads(answer)["events"]
            return results[0]
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise RefusedError(f"{status} {answer.decode(errors='replace')}")
    raise OSError("Madoguchi does not answer")


def call(address: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Return the status and the body of Madoguchi's answer to a signed request."""
    parts = urlsplit(address)
    https = parts.scheme == "https"
    connect = http.client.HTTPSConnection if https else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=10)
    try:
        headers = {"Content-Type": "application/json", **headers}
        connection.request("POST", f"{parts.path.rstrip('/')}/webhook/v1/events", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def main() -> None:
    """Chat until the input ends."""
    parser = argparse.ArgumentParser(description="Chat with Madoguchi over the signed webhook.")
    parser.add_argument("--madoguchi", default="http://127.0.0.1:8080", help="where Madoguchi is")
    parser.add_argument("--listen", type=int, default=8095, help="port for Madoguchi's calls")
    parser.add_argument("--user", default="terminal-1", help="your id for this customer")
    parser.add_argument("--name", default="お客様", help="the customer's name")
    options = parser.parse_args()
    secret = os.environ.get("WEBHOOK_SECRET")
    if not secret:
        sys.exit("WEBHOOK_SECRET is not set: the same whsec_... that Madoguchi has")
    chat = Chat(options.user)
    server = receiver(chat, secret, options.listen)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
    for line in map(str.strip, sys.stdin):
        if not line:
            continue
        try:
            result = post(
                options.madoguchi, secret, event(options.user, options.name, chat.content_of(line))
            )
        except (OSError, RefusedError) as error:
            print(f"! not sent: {error}", flush=True)
            continue
        if not result["accepted"]:
            print(f"! refused: {result['reason']} {result['where']}", flush=True)
    server.shutdown()


if __name__ == "__main__":
    main()
