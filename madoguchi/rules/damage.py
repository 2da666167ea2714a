"""Which damage to a rented watch costs its customer something (Business rules: Damage)."""

from __future__ import annotations

from enum import StrEnum

from madoguchi.rules.states import Decision
from madoguchi.rules.verdict import NextStep, Verdict


class Damage(StrEnum):
    """What happened to a watch."""

    # Light scratches and dents of normal use, not on the crystal.
    NORMAL_WEAR = "normal_wear"
    # The movement failed in normal use.
    INNER_FAILURE = "inner_failure"
    # A leather or rubber belt, broken or stained.
    BELT = "belt"
    # A drop or a strong impact: scratches, dents, breakage, a failed movement.
    IMPACT = "impact"
    # The crown or another part is missing or broken.
    PARTS = "parts"
    # The crystal is scratched, chipped or broken.
    CRYSTAL = "crystal"
    # The guide names none of it, for example water.
    OTHER = "other"


class Reason(StrEnum):
    """Whether damage is charged."""

    FREE = "free"
    CHARGED = "charged"
    INSPECTION_DECIDES = "inspection_decides"


_FREE = frozenset({Damage.NORMAL_WEAR, Damage.INNER_FAILURE, Damage.BELT})


def repair(damage: Damage) -> Verdict:
    """Return whether the damage is free of charge.

    NO: the customer pays the repair, or the price of a replacement when it cannot be repaired.
    **Reading:** what the guide does not name is decided by the shop's inspection.
    """
    if damage in _FREE:
        return Verdict(Decision.YES, Reason.FREE)
    if damage is Damage.OTHER:
        return Verdict(Decision.INQUIRY, Reason.INSPECTION_DECIDES, next_step=NextStep.INQUIRY)
    return Verdict(Decision.NO, Reason.CHARGED)
