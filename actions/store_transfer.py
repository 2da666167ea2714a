"""店舗取り寄せ: where a transfer stands, taking it back, and who changes the visit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from madoguchi.conversations.model import Choice
from madoguchi.dialogue.cards import transfer_card
from madoguchi.dialogue.dates import read_date
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.identify import own_order
from madoguchi.dialogue.inquire import Matter, take_inquiry
from madoguchi.dialogue.questions import FreeText, Number, Option, Pick, Read
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.knowledge.japanese import clock_time, day_in_full
from madoguchi.rules.states import Decision
from madoguchi.rules.transfers import Reason, store_change, transferable, visit_change
from madoguchi.systems.model import NotAllowedError, Transfer, TransferState

_LIVE = {TransferState.REQUESTED, TransferState.ON_THE_WAY, TransferState.ARRIVED}
_SHOWN = 5
_OTHER = "other"

_CANCEL, _STORE, _VISIT = "cancel", "store", "visit"
# What is wanted besides the state, by the customer's words; the first one that fits counts.
_WISHES = (
    (
        _STORE,
        re.compile(r"(?:店舗|(?<!来)店|先)[^。、]{0,12}(?:変更|変え|かえ)|(?:別|ほか|他)の店"),
    ),
    (
        _VISIT,
        re.compile(
            r"(?:日|時|予約|曜)[^。]{0,14}(?:変更|変え|かえて|ずら|移し|繰り上げ|早め|遅ら|改め)"
            r"|(?:日|時間?|曜)[^。]{0,8}に(?:して|変更)|ずらし|繰り上げ|入れ(?:替え|直し)"
        ),
    ),
    (
        _CANCEL,
        re.compile(
            r"取り?消|取り?や[めさ]|取り下げ|キャンセル|cancel|やめ(?:たい|ます|る|と|ておき)|消し"
            r"|なし(?:に|で)|もういい|(?:必要|用)[がはも]?な[くい]|[要い]らな"
        ),
    ),
)


class StoreTransfer(Skill):
    """Tells where a transfer stands, and cancels it while that is possible."""

    act = "store_transfer"

    async def steps(self, turn: Turn) -> None:
        """Find the transfer, then do what was asked for besides its state."""
        turn.take("store_transfer.wish", Read(_wish))
        transfer = await _own_transfer(turn)
        wish = turn.state.answers.get("store_transfer.wish")
        cancelled_now = transfer.state is TransferState.CANCELLED and turn.agrees(
            "store_transfer.confirm"
        )
        if cancelled_now:
            raise await _cancel(turn, transfer)
        if wish is None or transfer.state not in _LIVE:
            raise _told(turn, transfer)
        if wish == _VISIT:
            raise await _change_visit(turn, transfer)
        await _take_back(turn, transfer)


async def _own_transfer(turn: Turn) -> Transfer:
    """Return the transfer that is meant, asking and checking as far as needed."""
    if "order" not in turn.state.answers:
        await _choose(turn)
    order = await own_order(turn)
    transfer = await turn.context.systems.stores.transfer(order.number)
    if transfer is None:
        raise turn.finish(
            "store_transfer.no_transfer", number=order.number, product=order.product.name
        )
    return transfer


async def _choose(turn: Turn) -> None:
    """Choose among the transfers that the customer may see already; orders without are none."""
    if turn.state.answers.get("which") == _OTHER or turn.take("number", Number("order")):
        return
    known = await _visible(turn)
    live = [each for each in known.values() if each.state in _LIVE]
    spoken_of, waits = turn.opened.memory.order, turn.state.asking is not None
    if spoken_of in known and not waits:
        turn.answer("order", spoken_of, keep_unread=True)
    elif len(live or known) == 1 and not waits:
        turn.answer("order", next(iter(live or known.values())).order_number, keep_unread=True)
    elif known:
        await _which(turn, live or list(known.values()))
    else:
        # None of the orders that are known is meant.
        turn.answer("which", _OTHER, keep_unread=True)
        if turn.member_id is not None:
            await turn.ask("number", Number("order"), text="store_transfer.none")


async def _visible(turn: Turn) -> dict[str, Transfer]:
    stores, member = turn.context.systems.stores, turn.member_id
    found: dict[str, Transfer] = {}
    if member is not None:
        found |= {each.order_number: each for each in await stores.transfers_of_member(member)}
    for proof in await turn.context.proofs.of(turn.opened.conversation.id):
        if proof.kind == "order" and proof.number not in found:
            each = await stores.transfer(proof.number)
            if each is not None:
                found[each.order_number] = each
    return found


async def _which(turn: Turn, offered: list[Transfer]) -> None:
    words = turn.context.words
    options = [
        Option(
            words("store_transfer.option", product=each.product.name, store=each.store),
            each.order_number,
        )
        for each in offered[:_SHOWN]
    ]
    options.append(Option(words("identify.other_order"), _OTHER))
    chosen = await turn.ask("store_transfer.which", Pick(options))
    turn.answer("which" if chosen == _OTHER else "order", chosen)


def _told(turn: Turn, transfer: Transfer) -> DoneError:
    """Say where the transfer stands, with what can be done about it as the next choices."""
    more: list[Choice] = []
    if transfer.state in _LIVE:
        more = [_wish_choice(turn, wish) for wish in (_VISIT, _STORE, _CANCEL)]
    return turn.finish(
        f"store_transfer.{transfer.state}",
        card=transfer_card(transfer),
        more=more,
        **_facts(turn, transfer),
    )


def _wish_choice(turn: Turn, wish: str) -> Choice:
    """Return a choice whose title says the wish, as if the customer had written it."""
    title = turn.context.words(f"store_transfer.wishes.{wish}")
    return Choice(title, "/act_store_transfer", act=StoreTransfer.act)


async def _take_back(turn: Turn, transfer: Transfer) -> None:
    """Cancel the transfer, to order it to another store or for good; always ends the skill."""
    verdict, answers = store_change(transfer, turn.now), turn.state.answers
    if verdict.decision is not Decision.YES or "store_transfer.refused" in answers:
        raise await _by_inquiry(turn, transfer)
    wish = answers["store_transfer.wish"]
    facts = _facts(turn, transfer)
    if not await turn.confirm(
        "store_transfer.confirm",
        text=f"store_transfer.confirm_{wish}",
        card=transfer_card(transfer),
        **facts,
    ):
        raise turn.finish("store_transfer.kept", **facts)
    raise await _cancel(turn, transfer)


async def _cancel(turn: Turn, transfer: Transfer) -> DoneError:
    """Cancel the transfer; when the shop has begun with it meanwhile, offer the inquiry."""
    stores, wish = turn.context.systems.stores, turn.state.answers["store_transfer.wish"]
    try:
        await stores.cancel_transfer(transfer.order_number, key=turn.key("transfer"))
    except NotAllowedError:
        transfer = await stores.transfer(transfer.order_number) or transfer
        if transfer.state not in _LIVE:
            return _told(turn, transfer)
        turn.answer("store_transfer.refused", value=True)
        return await _by_inquiry(turn, transfer)
    changed = await stores.transfer(transfer.order_number) or transfer
    return turn.finish(
        f"store_transfer.done_{wish}", card=transfer_card(changed), **_facts(turn, changed)
    )


async def _by_inquiry(turn: Turn, transfer: Transfer) -> DoneError:
    wish = turn.state.answers["store_transfer.wish"]
    refused = "store_transfer.refused" in turn.state.answers
    asked = f"store_transfer.{'refused' if refused else 'late'}_{wish}"
    facts = _facts(turn, transfer)
    if not await turn.confirm(
        "store_transfer.ask_inquiry", text=asked, card=transfer_card(transfer), **facts
    ):
        raise turn.finish("store_transfer.kept", **facts)
    summary = turn.context.words(f"store_transfer.summary_{wish}", **facts)
    matter = Matter("store", summary, transfer.order_number, urgent=True)
    return await take_inquiry(turn, matter, "store_transfer.inquiry_opened")


async def _change_visit(turn: Turn, transfer: Transfer) -> DoneError:
    """Say who changes the visit; what the online store changes is taken as an inquiry."""
    verdict, facts = visit_change(transfer.store), _facts(turn, transfer)
    if verdict.reason == Reason.ASK_THAT_STORE:
        store = turn.context.business.store(transfer.store)
        phone = store.phone if store is not None else None
        name = "ask_that_store" if phone is None else "ask_that_store_by_phone"
        return turn.finish(
            f"store_transfer.{name}", card=transfer_card(transfer), phone=phone, **facts
        )
    wished = str(await _wished(turn, transfer))
    words = turn.context.words
    summary = words("store_transfer.summary_visit", wished=wished, **facts)
    matter = Matter("store", summary, transfer.order_number, urgent=True)
    return await take_inquiry(turn, matter, "store_transfer.inquiry_opened")


async def _wished(turn: Turn, transfer: Transfer) -> str:
    """Return the wished day and time in the customer's words; the store has to take it."""
    reason = visit_change(transfer.store).reason
    said = str(
        await turn.ask(
            "store_transfer.wished",
            FreeText(shortest=2, longest=200, questions=False),
            text=f"store_transfer.{turn.state.answers.get('store_transfer.again') or reason}",
            card=transfer_card(transfer),
            **_facts(turn, transfer),
        )
    )
    day = read_date(said, turn.today)
    if day is None or reason == Reason.NOT_ON_THE_LIST:
        return " ".join(said.split())
    takes = transferable(transfer.store, day, turn.context.business.calendar)
    if day > turn.today and takes.yes:
        return f"{day_in_full(day)}（{' '.join(said.split())}）"
    turn.forget("store_transfer.wished")
    turn.answer("store_transfer.again", "day_over" if day <= turn.today else takes.reason)
    return await _wished(turn, transfer)


def _wish(heard: Heard) -> str | None:
    return next((wish for wish, words in _WISHES if words.search(heard.plain)), None)


def _facts(turn: Turn, transfer: Transfer) -> Mapping[str, Any]:
    words = turn.context.words
    visit = words("store_transfer.no_visit")
    if transfer.visit_on is not None:
        visit = f"{day_in_full(transfer.visit_on)} {transfer.visit_slot or ''}".strip()
    until = store_change(transfer, turn.now).until
    return {
        "number": transfer.order_number,
        "product": transfer.product.name,
        "store": transfer.store,
        "visit": visit,
        "until": clock_time(until) if isinstance(until, datetime) else "",
    }
