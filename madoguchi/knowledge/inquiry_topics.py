"""Which kind of inquiry a customer's words are, by the intent that they were understood as."""

from __future__ import annotations

# The first key that the intent's name holds decides; the values are topics of inquiry.yml.
_BY_NAME = (
    ("order_cancel", "cancellation"),
    ("damaged", "damaged"),
    ("shipping_accident", "damaged"),
    ("receipt", "receipt"),
    ("return_change_of_mind", "return"),
    ("return_eligibility", "return"),
    ("buyout", "buyout"),
    ("loss", "loss"),
    ("compensation", "loss"),
    ("self_repair", "loss"),
    ("payment_error", "billing"),
    ("billing", "billing"),
    ("rental_how_to_return", "rental_return"),
    ("return_deadline", "rental_return"),
    ("late_return", "rental_return"),
    ("rental_return", "rental_return"),
    ("lost_box", "rental_return"),
    ("one_month_only", "rental_return"),
    ("screening", "application"),
    ("phone_verification", "application"),
    ("card_registration", "application"),
    ("how_to_rent", "application"),
    ("purchase_priority", "application"),
    ("transfer", "store"),
    ("visit", "store"),
    ("see_in_store", "store"),
    ("payment_method", "payment"),
    ("card_error", "payment"),
    ("card_security", "payment"),
    ("loan", "payment"),
    ("product", "product"),
    ("stock", "product"),
    ("watch_band", "product"),
    ("order", "order"),
    ("shipping", "order"),
    ("delivery", "order"),
    ("arrived", "order"),
    ("arrival", "order"),
    ("cod_", "order"),
)


def inquiry_topic(intent: str) -> str:
    """Return the topic of an inquiry, "other" when the intent says nothing about it."""
    return next((topic for name, topic in _BY_NAME if name in intent), "other")
