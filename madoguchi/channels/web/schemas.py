"""The Chat API's bodies, version 1. They stay as they are: changes need a new version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from madoguchi.conversations import model


class NewConversation(BaseModel):
    """Opens a conversation, with a signed-in customer's identity token if there is one."""

    model_config = ConfigDict(extra="forbid")

    site: Literal["store", "rental"] | None = None
    identity: str | None = Field(None, max_length=4096)


class NewMessage(BaseModel):
    """What a customer sends: a text, or the id of a choice they tapped."""

    model_config = ConfigDict(extra="forbid")

    # PostgreSQL stores no NUL; and a text with a pattern has to be Unicode.
    text: str | None = Field(None, pattern=r"^[^\x00]*$")
    choice: str | None = Field(None, max_length=64)


class ChoiceOut(BaseModel):
    """A button below a message."""

    id: str
    title: str
    topic: str | None
    act: str | None


type Link = Callable[[str, datetime], str | None]


class FileOut(BaseModel):
    """A file of a message; ``size`` in bytes. ``url`` opens for a while, without the token."""

    id: str
    kind: Literal["image", "video", "audio", "file"]
    name: str | None
    content_type: str
    size: int
    url: str | None

    @classmethod
    def of(cls, file: model.File, url: str | None) -> Self:
        """Return the file as the API shows it."""
        fields = {**vars(file), "url": url}
        return cls.model_validate(fields)


class MessageOut(BaseModel):
    """A message of the transcript."""

    model_config = ConfigDict(serialize_by_alias=True)

    seq: int
    sender: Literal["bot", "agent", "customer", "system"] = Field(serialization_alias="from")
    kind: Literal[
        "answer", "ask", "result", "clarify", "fallback", "handoff", "smalltalk", "notice"
    ]
    topic: str | None
    act: str | None
    text: str
    choices: list[ChoiceOut]
    card: dict[str, Any] | None
    at: str
    client_id: str | None = None
    attachments: list[FileOut] = []

    @classmethod
    def of(cls, message: model.Message, link: Link | None = None) -> Self:
        """Return the message as the API shows it, without what stays on the server.

        ``link`` makes a file's address, given when its message was written.
        """
        return cls(
            seq=message.seq,
            sender=message.sender.value,
            kind=message.kind.value,
            topic=message.topic,
            act=message.act,
            text=message.text,
            choices=[
                ChoiceOut(id=choice.id, title=choice.title, topic=choice.topic, act=choice.act)
                for choice in message.choices
            ],
            card=message.card,
            at=message.at.isoformat(timespec="milliseconds"),
            client_id=message.client_id,
            attachments=[
                FileOut.of(file, link(file.id, message.at) if link is not None else None)
                for file in message.files
            ],
        )


class ConversationOut(BaseModel):
    """A new conversation; the token is shown only here."""

    id: str
    token: str
    messages: list[MessageOut]


class Replies(BaseModel):
    """The replies to one message and who answers now."""

    owner: Literal["bot", "queue", "agent", "closed"]
    messages: list[MessageOut]


class ProblemOut(BaseModel):
    """A refusal (RFC 9457); ``detail`` is polite Japanese and may be shown as it is."""

    type: str
    title: str
    status: int
    code: str
    detail: str


class Alive(BaseModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether customers can be answered, and what is missing."""

    status: Literal["ready", "unavailable"]
    reasons: dict[str, str]

    @model_validator(mode="after")
    def _status_matches(self) -> Self:
        if (self.status == "ready") == bool(self.reasons):
            raise ValueError("ready means that no reason speaks against it")
        return self
