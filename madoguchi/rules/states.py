"""The words of the business rules: states, ways to pay, and what a rule may decide."""

from __future__ import annotations

from enum import StrEnum


class PaymentMethod(StrEnum):
    """How an order is paid (Business rules: Payment methods)."""

    CREDIT_CARD = "credit_card"
    PAYPAY = "paypay"
    AMAZON_PAY = "amazon_pay"
    CONVENIENCE_STORE = "convenience_store"
    CASH_ON_DELIVERY = "cash_on_delivery"
    BANK_TRANSFER = "bank_transfer"
    LOAN_ORICO = "loan_orico"
    LOAN_JACCS = "loan_jaccs"


class OrderState(StrEnum):
    """Where an order stands (Business rules: Order states)."""

    ORDERED = "ordered"
    # The payment, or the loan company's approval, is awaited.
    PENDING = "pending"
    CONFIRMED = "confirmed"
    PREPARING = "preparing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class RentalState(StrEnum):
    """Where a rental stands (Business rules: Rental states)."""

    ORDERED = "ordered"
    PHONE_VERIFICATION = "phone_verification"
    SCREENING = "screening"
    CARD_REGISTERED = "card_registered"
    APPROVED = "approved"
    SHIPPED = "shipped"
    IN_USE = "in_use"
    RETURN_REQUESTED = "return_requested"
    INSPECTION = "inspection"
    ENDED = "ended"
    REJECTED = "rejected"
    # Somebody bought the watch: the purchase wins.
    CANCELLED_SOLD = "cancelled_sold"
    TERMINATED = "terminated"


class Decision(StrEnum):
    """What a rule says to a request."""

    YES = "yes"
    # Not by the customer alone: the shop decides on an inquiry.
    INQUIRY = "inquiry"
    NO = "no"
