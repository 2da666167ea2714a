"""Failed monthly payments of a rental (Business rules: Payment error)."""

from __future__ import annotations

from enum import StrEnum

from madoguchi.rules.states import Decision
from madoguchi.rules.verdict import NextStep, Verdict

# Business rules: "the third error in total ends the contract".
LAST_ERROR = 3


class Reason(StrEnum):
    """What so many failed payments mean."""

    NO_ERROR = "no_error"
    REPORT_AT_ONCE = "report_at_once"
    CONTRACT_ENDED = "contract_ended"


def payment_error(count_in_total: int) -> Verdict:
    """Return whether the rental goes on after so many failed payments in total.

    YES with REPORT_NOW: the cause and next week's payment, and a photo of the watch, at once. NO:
    the contract is ended, the watch goes back at once, nothing is refunded. Raises ValueError for
    a negative count.
    """
    if count_in_total < 0:
        raise ValueError(f"{count_in_total} failed payments cannot be")
    if count_in_total == 0:
        return Verdict(Decision.YES, Reason.NO_ERROR)
    if count_in_total < LAST_ERROR:
        return Verdict(Decision.YES, Reason.REPORT_AT_ONCE, next_step=NextStep.REPORT_NOW)
    return Verdict(Decision.NO, Reason.CONTRACT_ENDED, next_step=NextStep.RETURN_NOW)
