"""What an agent can do for a customer: each deed, what has to be said with it, and its answers.

The names of the questions are those of the assistant's skills (``actions/``), which do the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from madoguchi.desk.skills.forms import (
    Buyout,
    Form,
    LossReport,
    PaymentError,
    ReceiptWish,
    RestockWish,
    ReturnWish,
    SendingDay,
    VisitChange,
    VisitWish,
    WishedTime,
)
from madoguchi.desk.skills.wording import skill_words
from madoguchi.dialogue.inquire import IN_CHAT
from madoguchi.knowledge.words import words

type Kind = Literal["order", "rental", "product", "visit"]

# Questions to which a yes leads to an inquiry for the shop to decide, and no change.
INQUIRY_QUESTIONS = frozenset(
    {
        "order_cancel.ask_inquiry",
        "receipt.ask_inquiry",
        "return_eligibility.shipping_day_unknown",
        "store_transfer.ask_inquiry",
        "store_transfer.wished",
        "rental_return.ask_inquiry",
        "rental_buyout.ask_inquiry",
        "booked_visits.details",
    }
)
# Ends of a skill that refuse nothing: there is simply nothing to do.
MERELY_TOLD = frozenset(
    {
        "receipt.store_slip",
        "receipt.store_slip_on_payment",
        "receipt.carrier_slip",
        "receipt.carrier_slip_on_delivery",
        "receipt.enclosed",
        "receipt.enclosed_requested",
        "receipt.by_post_after_arrival",
        "receipt.orico",
        "receipt.jaccs",
        "store_transfer.ask_that_store",
        "store_transfer.ask_that_store_by_phone",
        "rental_payment_error.no_error",
    }
)
# The answer to an inquiry comes into the chat in which the agent is.
_INQUIRY: Mapping[str, Any] = {"contact_way": IN_CHAT, "inquiry.confirm": True}

_CLOCK = len("13:00")


@dataclass(frozen=True)
class Deed:
    """One thing to do: the skill that does it, and how an agent's words answer its questions."""

    act: str
    skill: str
    kind: Kind
    form: type[Form]
    # What the agent said, as answers to the skill's questions.
    given: Callable[[Any], Mapping[str, Any]]
    # Answers by which a rehearsal gets as far as the rules' verdict.
    rehearsed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """A skill that only tells how a thing stands."""

    act: str
    kind: Kind


def _plain(skill: str) -> Callable[[Form], Mapping[str, Any]]:
    def given(form: Form) -> Mapping[str, Any]:
        if form.inquiry:
            return {f"{skill}.ask_inquiry": True} | dict(_INQUIRY)
        return {f"{skill}.confirm": True}

    return given


def _receipt(form: ReceiptWish) -> Mapping[str, Any]:
    usual = words()("receipt.usual_addressee")
    return {**_plain("receipt")(form), "receipt.addressee": form.addressee or usual}


def _return(form: ReturnWish) -> Mapping[str, Any]:
    if form.inquiry:
        return {"return_eligibility.shipping_day_unknown": True} | dict(_INQUIRY)
    eligible = {"return_eligibility.eligible": True}
    if form.pick_up:
        # The skill offers the pick-up for a reason that tells of a damage.
        reason = skill_words()("damaged", reason=form.reason)
        pick_up = {"return_eligibility.pick_up": True, "return_eligibility.reason": reason}
        return eligible | pick_up | dict(_INQUIRY)
    return eligible | {
        "return_eligibility.reason": form.reason,
        "return_eligibility.pick_up": False,
        "return_eligibility.confirm": True,
    }


def _take_back(wish: str) -> Callable[[Form], Mapping[str, Any]]:
    plain = _plain("store_transfer")
    return lambda form: {**plain(form), "store_transfer.wish": wish}


def _other_time(form: WishedTime) -> Mapping[str, Any]:
    return {"store_transfer.wish": "visit", "store_transfer.wished": form.wished} | dict(_INQUIRY)


def _sending_day(form: SendingDay) -> Mapping[str, Any]:
    day = form.sending_on.isoformat() if form.sending_on is not None else None
    return {**_plain("rental_return")(form), "rental_return.sending_on": day}


def _buyout(form: Buyout) -> Mapping[str, Any]:
    return {**_plain("rental_buyout")(form), "rental_buyout.email": form.email}


def _loss(form: LossReport) -> Mapping[str, Any]:
    return {
        "rental_loss_report.kind": form.loss.value,
        "rental_loss_report.circumstances": form.circumstances,
        "rental_loss_report.police": form.police,
        "rental_loss_report.confirm": True,
    }


def _payment_error(form: PaymentError) -> Mapping[str, Any]:
    return {
        "rental_payment_error.cause": form.cause,
        "rental_payment_error.next_week": form.next_week,
        "rental_payment_error.confirm": True,
    }


def _restock(form: RestockWish) -> Mapping[str, Any]:
    return {
        "restock_request.wish": form.wish,
        "restock_request.email": form.email,
        "restock_request.confirm": True,
    }


def _visit(form: VisitWish) -> Mapping[str, Any]:
    return {
        "store_visit.product": form.subject,
        "store_visit.store": form.store,
        "store_visit.day": form.day.isoformat(),
        # The skill looks for the free time in which this one lies.
        "store_visit.time": form.time[:_CLOCK],
        "store_visit.name": form.name,
        "store_visit.contact": form.contact,
        "store_visit.confirm": True,
    }


def _visit_change(form: VisitChange) -> Mapping[str, Any]:
    return {"booked_visits.details": f"{form.subject} {form.details}"} | dict(_INQUIRY)


_ANY_LOSS = {"rental_loss_report.kind": "lost"}
_DEEDS = (
    Deed("order_cancel", "order_cancel", "order", Form, _plain("order_cancel")),
    Deed("return_eligibility", "return_eligibility", "order", ReturnWish, _return),
    Deed("receipt", "receipt", "order", ReceiptWish, _receipt),
    *(
        Deed(
            f"store_transfer_{wish}",
            "store_transfer",
            "order",
            Form,
            _take_back(wish),
            {"store_transfer.wish": wish},
        )
        for wish in ("cancel", "store")
    ),
    Deed(
        "store_transfer_visit",
        "store_transfer",
        "order",
        WishedTime,
        _other_time,
        {"store_transfer.wish": "visit"},
    ),
    Deed("rental_return", "rental_return", "rental", SendingDay, _sending_day),
    Deed("rental_payment_error", "rental_payment_error", "rental", PaymentError, _payment_error),
    Deed("rental_buyout", "rental_buyout", "rental", Buyout, _buyout),
    Deed("rental_loss_report", "rental_loss_report", "rental", LossReport, _loss, _ANY_LOSS),
    Deed("store_visit", "store_visit", "product", VisitWish, _visit),
    Deed("restock_request", "restock_request", "product", RestockWish, _restock),
    Deed("store_visit_change", "store_visit", "visit", VisitChange, _visit_change),
)
DEEDS: Mapping[str, Deed] = {deed.act: deed for deed in _DEEDS}
LOOKS = (
    Look("order_status", "order"),
    Look("store_transfer", "order"),
    Look("rental_status", "rental"),
    Look("rental_billing", "rental"),
)


def answered_before(deed: Deed, subject: str, details: str = "") -> dict[str, Any]:
    """Return what a deed's skill takes for answered from its start."""
    if deed.kind in {"order", "rental"}:
        return {deed.kind: subject}
    if deed.kind == "visit":
        return {"booked_visits.wish": {"changes": True, "said": details or subject}}
    return {}
