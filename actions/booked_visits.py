"""Booked visits (来店予約): shown to their member; changes are taken as an inquiry for a person."""

from __future__ import annotations

import re

from madoguchi.conversations.model import Choice
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.questions import FreeText, Read
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.knowledge.japanese import day_in_full
from madoguchi.systems.model import Visit

_CHANGE = re.compile(
    r"取り?消|キャンセル|変更|ずら|増や|減ら|追加|遅れ|遅い時間|早め|なしに|やめ|消しと|消して(?!しま)"
    r"|直し|入れ替え|じゃなくて"
)
_LOOK = re.compile(
    r"V-?\d{6}|予約の?\s*(?:確認|内容)|予約[がはを]?(?:取れて|とれて|入って|できて)"
    r"|予約[をは]?(?:した(?![いく])|しとっ|しとる|しており|しています|とっとる|取っとる)"
    r"|(?:取り|とり|し)ました来店予約|約束[がは]入って|控えを?|いつだっけ|いつやった|いつでし|何日の何時",
    re.IGNORECASE,
)


def about_a_booked_visit(turn: Turn) -> bool:
    """Return whether the customer's first words are about a visit that is booked already."""
    if turn.starts:
        turn.take("booked_visits.wish", Read(_wish))
    return "booked_visits.wish" in turn.state.answers


async def booked_visits(turn: Turn) -> DoneError:
    """Show the member's visits to come, or take a change of one as an inquiry."""
    wish = turn.state.answers["booked_visits.wish"]
    visits: list[Visit] = []
    if turn.member_id is not None:
        visits = list(await turn.context.systems.stores.visits_of_member(turn.member_id))
    listed = "\n".join(_line(turn, visit) for visit in visits)
    if wish["changes"]:
        return await _change(turn, str(wish["said"]), listed)
    if visits:
        title = turn.context.words("booked_visits.change")
        more = [Choice(title, "/act_store_visit", act="store_visit")]
        return turn.finish("booked_visits.shown", list=listed, more=more)
    return turn.finish(f"booked_visits.{'none' if turn.member_id else 'unknown'}")


async def _change(turn: Turn, said: str, listed: str) -> DoneError:
    """Ask which visit is to be changed and how, and take that as an inquiry."""
    text = "booked_visits.details_listed" if listed else "booked_visits.details"
    question = FreeText(shortest=2, questions=False)
    details = str(await turn.ask("booked_visits.details", question, text=text, list=listed))
    summary = turn.context.words(
        "booked_visits.summary", said=said, details=" ".join(details.split()), list=listed
    )
    matter = Matter("store", summary, urgent=True)
    return await take_inquiry(turn, matter, "booked_visits.inquiry_opened")


def _line(turn: Turn, visit: Visit) -> str:
    return turn.context.words(
        "booked_visits.line",
        number=visit.number,
        day=day_in_full(visit.slot.day),
        time=visit.slot.time,
        store=visit.store,
        product=visit.product.name,
    )


def _wish(heard: Heard) -> dict[str, object] | None:
    changes = bool(_CHANGE.search(heard.text))
    if not changes and _LOOK.search(heard.text) is None:
        return None
    return {"changes": changes, "said": " ".join(heard.text.split())}
