"""Orders and rentals alike: whether a contact fits a number, and changes that the state allows."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.systems.contacts import is_registered
from madoguchi.systems.embedded.tables import OrderRow, RentalRow
from madoguchi.systems.model import NotAllowedError

# The newest, as much as a customer looks through in a chat.
MOST_SHOWN = 20
_LONGEST_NUMBER = 32


def sought(number: str) -> str:
    """Return the number, or an empty text, which is nobody's, for what a database would refuse."""
    return number if number.isprintable() and len(number) <= _LONGEST_NUMBER else ""


async def contact_fits(
    session: AsyncSession, table: type[OrderRow | RentalRow], number: str, contact: str
) -> bool:
    """Return whether the contact is registered with the number.

    "No such number" and "another's" are the same work: one statement that always returns one row,
    and the same comparisons.
    """
    # Two lookups as values of one row: without a thing of that number, the row holds nulls.
    of_number = table.number == sought(number)
    phone = select(table.phone).where(of_number).scalar_subquery()
    email = select(table.email).where(of_number).scalar_subquery()
    registered = (await session.execute(select(phone, email))).one()
    return is_registered(contact, tuple(registered))


async def change(
    session: AsyncSession,
    table: type[OrderRow | RentalRow],
    number: str,
    *allowed: ColumnElement[bool],
    **values: object,
) -> None:
    """Set the values where the conditions hold, which the database looks at as it writes.

    Raises NotAllowedError when they do not hold, and LookupError when there is no such number.
    """
    changed = await session.scalar(
        update(table)
        .where(table.number == sought(number), *allowed)
        .values(**values)
        .returning(table.number)
        .execution_options(synchronize_session=False)
    )
    if changed is not None:
        return
    known = await session.scalar(select(table.number).where(table.number == sought(number)))
    if known is None:
        raise LookupError("there is no such number")
    raise NotAllowedError("its state does not allow it")
