"""``madoguchi line``: the account's quota and what it has cost, and its rich menu."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.channels.line.client import LineClient
from madoguchi.channels.line.errors import LineError
from madoguchi.channels.line.richmenu import set_menu
from madoguchi.channels.line.setup import line_client
from madoguchi.commands.database import opened_database
from madoguchi.conversations.channel_tables import OutboxRow
from madoguchi.settings import Settings, SettingsError


async def show_status(settings: Settings) -> str:
    """Return the month's figures and what is stuck, in words. Raises SettingsError."""
    client = _client(settings)
    try:
        limit, used = await client.quota()
    except LineError as error:
        month = f"LINE does not tell the month's figures: {_told(error)}"
    else:
        allowed = "any number" if limit is None else f"{limit:,}"
        month = f"this month: {used:,} of {allowed} messages are used"
    finally:
        await client.close()
    return "\n".join([month, *await _deliveries(settings)])


async def set_rich_menu(settings: Settings) -> str:
    """Show the shop's rich menu to everybody; returns what was done. Raises SettingsError."""
    client = _client(settings)
    try:
        return "\n".join(await set_menu(client, settings.line_site))
    except LineError as error:
        raise SettingsError(f"LINE does not take the menu: {_told(error)}") from None
    finally:
        await client.close()


def _told(error: LineError) -> str:
    """Return what LINE said, and which setting to look at when it is one."""
    refused = error.code == "refused_credentials"
    return f"{error}\ncheck MADOGUCHI_LINE_ACCESS_TOKEN" if refused else str(error)


def _client(settings: Settings) -> LineClient:
    client = line_client(settings)
    if client is None:
        raise SettingsError(
            "LINE is not set up: set MADOGUCHI_LINE_CHANNEL_SECRET and MADOGUCHI_LINE_ACCESS_TOKEN"
        )
    return client


async def _deliveries(settings: Settings) -> list[str]:
    """Return how many deliveries there are of each kind."""
    async with opened_database(settings) as database, AsyncSession(database) as session:
        found = await session.execute(
            select(OutboxRow.state, OutboxRow.via, func.count(), func.sum(OutboxRow.counted))
            .where(OutboxRow.channel == "line")
            .group_by(OutboxRow.state, OutboxRow.via)
            .order_by(OutboxRow.state, OutboxRow.via)
        )
        return [
            f"{state:10} {via or '-':6} {count:>7,} deliveries, {counted or 0:,} counted"
            for state, via, count, counted in found
        ]
