"""What there is to try: the demo shops' numbers and contacts, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.systems.embedded.demo import demo_numbers
from madoguchi.systems.embedded.demo_data import Demo, DemoOrder, DemoRental, DemoTransfer, demo

_NO_DATA = "There is no demo data in this database."


@dataclass(frozen=True)
class Listed:
    """One line: a number, the contacts registered with it, whose it is, and what it shows."""

    section: str
    number: str
    phone: str
    email: str
    member: str
    ja: str
    en: str


async def demo_table(engine: AsyncEngine) -> str:
    """Return the numbers that are good today, for a terminal."""
    numbers = await demo_numbers(engine)
    if not numbers:
        return _NO_DATA
    lines, section = [], ""
    for row in listed(demo(), numbers):
        if row.section != section:
            section = row.section
            lines += ["", section]
        contacts = f"{row.phone:<11}  {row.email:<22}  {row.member:<10}"
        lines.append(f"  {row.number:<15}  {contacts}  {row.ja} | {row.en}")
    return "\n".join(lines[1:])


def listed(data: Demo, numbers: Mapping[str, str]) -> Iterator[Listed]:
    """Yield a line for everything that has one of these numbers, by its name, and for items."""
    entries: list[DemoOrder | DemoTransfer | DemoRental] = [
        *data.orders,
        *data.transfers,
        *data.rentals,
    ]
    for entry in entries:
        if entry.name in numbers:
            yield _listed(data, entry, numbers[entry.name])
    for visit in data.visits:
        if visit.name in numbers:
            member = data.customers[visit.customer].member if visit.customer else None
            number = numbers[visit.name]
            yield Listed("Visits / 来店予約", number, "", "", member or "", visit.ja, visit.en)
    for item in data.products:
        yield Listed("Items / 商品", item.number, "", "", "", item.ja, item.en)


def _listed(data: Demo, entry: DemoOrder | DemoTransfer | DemoRental, number: str) -> Listed:
    customer, ja, en = data.customer_of(entry), entry.ja, entry.en
    section = "Rentals / レンタル"
    if isinstance(entry, DemoTransfer):
        section = "Transfers / 店舗取り寄せ"
        ja, en = f"{entry.store}・{ja}", f"{entry.store}: {en}"
    elif isinstance(entry, DemoOrder):
        section, paid = "Orders / 注文", data.payments[entry.payment]
        ja, en = f"{paid.ja}・{ja}", f"{paid.en}: {en}"
    contacts = (customer.phone, customer.email, customer.member or "")
    return Listed(section, number, *contacts, ja, en)
