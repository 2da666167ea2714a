"""States that several rules treat alike (Business rules: Order states, Rental states)."""

from __future__ import annotations

from madoguchi.rules.facts import OrderFacts
from madoguchi.rules.states import OrderState, PaymentMethod, RentalState

LOANS = frozenset({PaymentMethod.LOAN_ORICO, PaymentMethod.LOAN_JACCS})
BEFORE_PAYMENT = frozenset({OrderState.ORDERED, OrderState.PENDING})
BEFORE_PREPARING = BEFORE_PAYMENT | {OrderState.CONFIRMED}
BEFORE_SHIPPING = BEFORE_PREPARING | {OrderState.PREPARING}

RENTAL_BEFORE_SHIPPING = frozenset(
    {
        RentalState.ORDERED,
        RentalState.PHONE_VERIFICATION,
        RentalState.SCREENING,
        RentalState.CARD_REGISTERED,
        RentalState.APPROVED,
    }
)
RENTAL_WITH_CUSTOMER = frozenset({RentalState.SHIPPED, RentalState.IN_USE})
RENTAL_COMING_BACK = frozenset({RentalState.RETURN_REQUESTED, RentalState.INSPECTION})
RENTAL_NEVER_BEGUN = frozenset({RentalState.REJECTED, RentalState.CANCELLED_SOLD})


def awaits_payment(order: OrderFacts) -> bool:
    """Return whether the payment, or the loan company's approval, is still to come."""
    return order.state in BEFORE_PAYMENT and order.paid_on is None
