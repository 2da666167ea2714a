"""Holds every request and answer that passes against docs/systems.openapi.yml."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import yaml
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from madoguchi.settings import PROJECT

DESCRIPTION: dict[str, Any] = yaml.safe_load(
    (PROJECT / "docs" / "systems.openapi.yml").read_text(encoding="utf-8")
)
METHODS = ("get", "post")


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """Return the part of the description that a reference leads to."""
    while "$ref" in part:
        found: Any = DESCRIPTION
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def faults_of(value: Any, schema: dict[str, Any]) -> list[str]:
    """Return what is wrong with a value of the schema."""
    errors = _validator(json.dumps(schema)).iter_errors(value)
    return [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in errors]


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    whole = {"components": DESCRIPTION["components"], **json.loads(schema)}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@cache
def _addressed() -> list[tuple[re.Pattern[str], str, str, dict[str, Any]]]:
    """Return the operations with what their addresses look like."""
    return [
        (re.compile(re.sub(r"{\w+}", "[^/]+", path)), path, method, operation)
        for path, method, operation in operations()
    ]


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Return every path and method that is described, with its description."""
    return [
        (path, method, item[method] | {"parameters": _parameters(item, method)})
        for path, item in DESCRIPTION["paths"].items()
        for method in METHODS
        if method in item
    ]


def _parameters(item: dict[str, Any], method: str) -> list[dict[str, Any]]:
    return [resolved(p) for p in [*item.get("parameters", []), *item[method].get("parameters", [])]]


class Described:
    """Passes everything on and keeps what was not as it is described."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.deviations: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked, answered = bytearray(), bytearray()
        start: dict[str, Any] = {}

        async def listening() -> Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            answered.extend(message.get("body", b""))
            await send(message)

        await self.app(scope, listening, telling)
        try:
            self._hold(scope, bytes(asked), start, bytes(answered))
        except Exception as error:  # noqa: BLE001  (nobody would see it otherwise)
            self.deviations.append(repr(error))

    def _hold(self, scope: Scope, asked: bytes, start: dict[str, Any], answered: bytes) -> None:
        method, path = scope["method"].lower(), scope["path"]
        known = [
            (template, operation)
            for pattern, template, described, operation in _addressed()
            if described == method and pattern.fullmatch(path)
        ]
        if not known:
            self.deviations.append(f"{method} {path} is not described")
            return
        template, operation = known[0]  # the one without parameters is described first
        status = start["status"]
        faults = _answer_faults(operation, start, answered)
        if status < 300:  # what was taken was as described
            faults += _request_faults(operation, scope, asked)
        self.deviations += [f"{method} {template} {status}: {fault}" for fault in faults]


def _answer_faults(operation: dict[str, Any], start: dict[str, Any], body: bytes) -> list[str]:
    described = operation["responses"].get(str(start["status"]))
    if described is None:
        return ["this status is not described"]
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    content = resolved(described)["content"]
    if headers["content-type"] not in content:
        return [f"{headers['content-type']} is not described"]
    return faults_of(json.loads(body), content[headers["content-type"]]["schema"])


def _request_faults(operation: dict[str, Any], scope: Scope, body: bytes) -> list[str]:
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    given = {"query": dict(parse_qsl(scope["query_string"].decode())), "header": headers}
    faults = []
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            continue
        value = given[parameter["in"]].get(parameter["name"].lower())
        faults += faults_of(value, parameter["schema"])
    if "requestBody" in operation:
        faults += faults_of(
            json.loads(body), operation["requestBody"]["content"]["application/json"]["schema"]
        )
    elif body:
        faults.append("a body is not described")
    if not headers.get("authorization", "").startswith("Bearer "):
        faults.append("no bearer token")
    return faults
