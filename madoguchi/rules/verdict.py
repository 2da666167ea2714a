"""What a rule answers: yes, no or on inquiry, why, until when, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from madoguchi.rules.states import Decision


class NextStep(StrEnum):
    """What the customer can do, or what is done for them, after a verdict."""

    # The assistant shows the change, has it confirmed and makes it.
    CONFIRM_AND_DO = "confirm_and_do"
    # An inquiry to the shop, with the order or rental attached.
    INQUIRY = "inquiry"
    RETURN_SERVICE = "return_service"
    # Cancel what can still be cancelled, and order again.
    REORDER = "reorder"
    MY_PAGE = "my_page"
    # The paper that the customer has or gets: the store's slip, the carrier's, the enclosed one.
    USE_SLIP = "use_slip"
    ASK_STORE = "ask_store"
    ASK_ONLINE_STORE = "ask_online_store"
    ASK_LOAN_COMPANY = "ask_loan_company"
    BUY_ONLINE = "buy_online"
    VISIT_STORE = "visit_store"
    CHOOSE_ANOTHER_DAY = "choose_another_day"
    CHOOSE_ANOTHER_STORE = "choose_another_store"
    USE_OWN_CREDIT_CARD = "use_own_credit_card"
    WAIT = "wait"
    # At once: each of these begins with what the customer has to do now.
    REPORT_NOW = "report_now"
    RETURN_NOW = "return_now"


@dataclass(frozen=True)
class Verdict:
    """A rule's answer; ``reason`` is a member of the ``Reason`` of the rule's module.

    ``until`` is the last day (Asia/Tokyo) or the moment that the rule's docstring names. It may be
    in the past, when the reason is that it has passed.
    """

    decision: Decision
    reason: str
    until: date | datetime | None = None
    next_step: NextStep | None = None

    @property
    def yes(self) -> bool:
        """Whether the rule says yes."""
        return self.decision is Decision.YES
