"""The assistant's skills: rasa-sdk actions that run inside the service, one file each."""

from __future__ import annotations

from rasa_sdk.interfaces import Action

from actions.clarify import ActionClarify
from actions.inquiry import InquirySkill
from actions.inquiry_status import InquiryStatus
from actions.order_cancel import OrderCancel
from actions.order_status import OrderStatus
from actions.passages import ActionContinue, ActionPerson
from actions.proofs import ActionEndProofs, ActionShowProofs
from actions.receipt import Receipt
from actions.rental_billing import RentalBilling
from actions.rental_buyout import RentalBuyout
from actions.rental_loss_report import RentalLossReport
from actions.rental_payment_error import RentalPaymentError
from actions.rental_return import RentalReturn
from actions.rental_status import RentalStatus
from actions.restock_request import RestockRequest
from actions.return_eligibility import ReturnEligibility
from actions.stock_location import StockLocation
from actions.store_transfer import StoreTransfer
from actions.store_visit import StoreVisit
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.skill import Skill

SKILLS: tuple[type[Skill], ...] = (
    InquirySkill,
    InquiryStatus,
    OrderCancel,
    OrderStatus,
    Receipt,
    RentalBilling,
    RentalBuyout,
    RentalLossReport,
    RentalPaymentError,
    RentalReturn,
    RentalStatus,
    RestockRequest,
    ReturnEligibility,
    StockLocation,
    StoreTransfer,
    StoreVisit,
)


def all_actions(context: Context) -> list[Action]:
    """Return every action that Rasa may call."""
    return [
        ActionClarify(),
        ActionContinue(context),
        ActionEndProofs(context),
        ActionPerson(context),
        ActionShowProofs(context),
        *(skill(context) for skill in SKILLS),
    ]
