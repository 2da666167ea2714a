"""来店予約: books a visit of a store to see one item there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from actions.booked_visits import about_a_booked_visit, booked_visits
from madoguchi.dialogue.cards import card, product_card, visit_card
from madoguchi.dialogue.dates import read_date
from madoguchi.dialogue.heard import Heard
from madoguchi.dialogue.questions import Contact, FreeText, Number, Option, Read
from madoguchi.dialogue.skill import Skill
from madoguchi.dialogue.turn import DoneError, Turn
from madoguchi.dialogue.visit_times import VISIT_DAYS, Free, free_times
from madoguchi.dialogue.visit_words import read_store, read_time, slot_at
from madoguchi.knowledge.japanese import day_in_full
from madoguchi.rules.states import Decision
from madoguchi.rules.transfers import Reason as TransferReason
from madoguchi.rules.transfers import transferable
from madoguchi.rules.visits import viewable, visit_days
from madoguchi.systems.model import NotAllowedError, Product, Slot

# As many days are shown as fit below a message.
_SHOWN = 5
_LONGEST_NAME = 60
_OTHER_DAY = "other_day"
_BEFORE_THE_TIME = {None, "store_visit.product", "store_visit.store"}


@dataclass(frozen=True)
class _Wish:
    """What is to be booked."""

    product: Product
    store: str
    slot: Slot
    name: str
    contact: str


class StoreVisit(Skill):
    """Books a visit."""

    act = "store_visit"

    async def steps(self, turn: Turn) -> None:
        """Ask for the item, the store, the day and the time; book when it is confirmed."""
        if about_a_booked_visit(turn):
            raise await booked_visits(turn)
        _listen(turn)
        await _recall(turn)
        product = await _product(turn)
        store = await _store(turn, product)
        slot = await _slot(turn, store)
        name, contact = await _visitor(turn)
        if turn.state.asking != "store_visit.confirm":
            await _require_free(turn, store, slot)
        wish = _Wish(product, store, slot, name, contact)
        if not await turn.confirm("store_visit.confirm", card=_wish_card(wish), **_facts(wish)):
            raise turn.finish("store_visit.kept", **_facts(wish))
        raise await _book(turn, wish)


def _listen(turn: Turn) -> None:
    """Take what is said before it is asked for: 「土曜の2時に銀座」."""
    if turn.state.asking not in _BEFORE_THE_TIME:
        return
    stores = turn.context.business.stores
    if Number("product").read(turn.heard) is not None:
        # Another item than the one that was talked about.
        turn.forget("store_visit.product", "store_visit.recalled")
    turn.take("store_visit.product", Number("product"))
    turn.take("store_visit.store", Read(lambda heard: read_store(heard, stores)))
    turn.take("store_visit.day", Read(lambda heard: _day_in(heard, turn.today)))
    turn.take("store_visit.time", Read(_time_in))


async def _recall(turn: Turn) -> None:
    """Begin with the item that was talked about last, when stores show it."""
    number = turn.opened.memory.product
    if not turn.starts or number is None or "store_visit.product" in turn.state.answers:
        return
    product = await turn.context.systems.stores.product(number)
    if product is not None and viewable(product).yes:
        turn.answer("store_visit.product", number, keep_unread=True)
        turn.answer("store_visit.recalled", value=True, keep_unread=True)


async def _product(turn: Turn, text: str = "store_visit.product", **values: object) -> Product:
    """Return the item, which has to be one that is shown in stores."""
    number = str(await turn.ask("store_visit.product", Number("product"), text=text, **values))
    product = await turn.context.systems.stores.product(number)
    if product is None:
        turn.forget("store_visit.product")
        return await _product(turn, "store_visit.product_unknown", number=number)
    verdict = viewable(product)
    if verdict.decision is Decision.NO:
        raise turn.finish(
            f"store_visit.{verdict.reason}",
            card=product_card(product),
            product=product.name,
            number=product.number,
            location=product.location,
        )
    turn.remember("product", product.number)
    return product


async def _store(turn: Turn, product: Product, text: str = "", **values: object) -> str:
    stores = turn.context.business.stores
    recalled = "store_visit.recalled" in turn.state.answers
    usual = "store_visit.store_recalled" if recalled else "store_visit.store"
    # Where the item is already comes first.
    ordered = sorted(stores, key=lambda name: name != product.location)
    options = [Option(name, name) for name in ordered]
    question = Read(lambda heard: read_store(heard, stores), options)
    values |= {"text": text or usual, "card": product_card(product), "product": product.name}
    return str(await turn.ask("store_visit.store", question, **values))


async def _slot(turn: Turn, store: str) -> Slot:
    """Return the day and time, asking until both are ones that the store has."""
    chosen = turn.state.answers.get("store_visit.slot")
    if chosen is not None:
        return Slot(date.fromisoformat(chosen["day"]), chosen["time"])
    free = await _free(turn, store)
    if not free:
        await _ask_another_store(turn, store)
    while True:
        day = await _day(turn, store, free)
        at = await _time(turn, store, day, free)
        if at is not None:
            turn.answer("store_visit.slot", {"day": day.isoformat(), "time": at}, keep_unread=True)
            return Slot(day, at)


async def _free(turn: Turn, store: str) -> Free:
    """Return what the store's system has free on days on which the store is open."""
    return await free_times(turn.context, store, turn.today)


async def _day(
    turn: Turn, store: str, free: Free, text: str = "store_visit.day", **values: object
) -> date:
    """Return a day with free times."""
    options = [Option(day_in_full(day), day.isoformat()) for day in list(free)[:_SHOWN]]
    question = Read(lambda heard: _day_in(heard, turn.today), options)
    values |= {"text": text, "store": store}
    said = date.fromisoformat(str(await turn.ask("store_visit.day", question, **values)))
    if said in free:
        return said
    turn.forget("store_visit.day")
    why, closed = _why_not(turn, store, said)
    return await _day(turn, store, free, f"store_visit.{why}", day=day_in_full(said), why=closed)


def _why_not(turn: Turn, store: str, day: date) -> tuple[str, str]:
    """Return the text that says why the day is not to be had, and why the store is closed."""
    shop = turn.context.business
    if day < turn.today:
        return "day_over", ""
    if day > turn.today + timedelta(days=VISIT_DAYS):
        return "day_too_far", ""
    opens = bool(visit_days(shop.stores[store].hours, day, 1, shop.calendar))
    closure = shop.calendar.closure(day)
    if closure is not None and not opens:
        return "day_closed", closure
    if transferable(store, day, shop.calendar).reason == TransferReason.NOT_A_WEEKDAY:
        return "not_a_weekday", ""
    return ("day_full", "") if opens else ("day_closed", turn.context.words("store_visit.day_off"))


async def _time(
    turn: Turn, store: str, day: date, free: Free, text: str = "store_visit.time", **values: object
) -> str | None:
    """Return a free time of the day; None when another day is wanted."""
    options = [Option(each, each) for each in free[day]]
    options.append(Option(turn.context.words("store_visit.other_day"), _OTHER_DAY))
    question = Read(lambda heard: _time_in(heard) or _day_in(heard, turn.today), options)
    values |= {"text": text, "store": store, "day": day_in_full(day)}
    said = str(await turn.ask("store_visit.time", question, **values))
    if said in free[day]:
        return said
    turn.forget("store_visit.time")
    if said == _OTHER_DAY:
        turn.forget("store_visit.day")
        return None
    if ":" not in said:
        turn.answer("store_visit.day", said)
        return None
    at = slot_at(time.fromisoformat(said), free[day])
    return at or await _time(turn, store, day, free, "store_visit.time_not_free", time=said)


async def _require_free(turn: Turn, store: str, slot: Slot) -> None:
    """Ask for another time when this one was taken while the customer was writing."""
    free = await _free(turn, store)
    if slot.time in free.get(slot.day, ()):
        return
    turn.forget("store_visit.slot", "store_visit.time", "store_visit.confirm")
    taken = f"{day_in_full(slot.day)} {slot.time}"
    if slot.day in free:
        await _time(turn, store, slot.day, free, "store_visit.time_taken", taken=taken)
    turn.forget("store_visit.day")
    if not free:
        await _ask_another_store(turn, store)
    await _day(turn, store, free, "store_visit.day_taken", taken=taken)


async def _ask_another_store(turn: Turn, store: str) -> None:
    turn.forget("store_visit.store", "store_visit.day", "store_visit.time")
    await _store(turn, await _product(turn), "store_visit.store_full", store=store)


async def _visitor(turn: Turn) -> tuple[str, str]:
    """Return the name and the contact of who comes; the store knows those of a member."""
    words = turn.context.words
    if turn.member_id is not None:
        return words("store_visit.member_name"), words("store_visit.member_contact")
    question = FreeText(longest=_LONGEST_NAME, questions=False)
    name = str(await turn.ask("store_visit.name", question))
    contact = str(await turn.ask("store_visit.contact", Contact()))
    return " ".join("".join(c if c.isprintable() else " " for c in name).split()), contact


async def _book(turn: Turn, wish: _Wish) -> DoneError:
    """Book the visit; when somebody was quicker, offer what is left."""
    try:
        visit = await turn.context.systems.stores.book_visit(
            wish.product.number,
            wish.store,
            wish.slot,
            name=wish.name,
            contact=wish.contact,
            member_id=turn.member_id,
            key=turn.key("visit"),
        )
    except NotAllowedError:
        await _require_free(turn, wish.store, wish.slot)
        raise
    return turn.finish(
        "store_visit.done", card=visit_card(visit), visit=visit.number, **_facts(wish)
    )


def _time_in(heard: Heard) -> str | None:
    at = read_time(heard.text)
    return f"{at:%H:%M}" if at is not None else None


def _day_in(heard: Heard, today: date) -> str | None:
    day = read_date(heard.text, today)
    return day.isoformat() if day is not None else None


def _wish_card(wish: _Wish) -> dict[str, Any]:
    return card(
        wish.product.name,
        [
            ("product_number", wish.product.number),
            ("store", wish.store),
            ("visit", f"{day_in_full(wish.slot.day)} {wish.slot.time}"),
            ("contact", wish.contact),
        ],
        picture=wish.product.picture,
    )


def _facts(wish: _Wish) -> dict[str, Any]:
    return {
        "product": wish.product.name,
        "number": wish.product.number,
        "store": wish.store,
        "day": day_in_full(wish.slot.day),
        "time": wish.slot.time,
        "visitor": wish.name,
        "contact": wish.contact,
    }
