"""Opens the channels that the settings name."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import APIRouter

from madoguchi.channels.line.setup import line_off, open_line
from madoguchi.channels.messenger.setup import open_messenger
from madoguchi.channels.needs import Needs
from madoguchi.channels.webhook.setup import open_webhook
from madoguchi.conversations.channel import MessagingChannel
from madoguchi.periodic import Periodic
from madoguchi.settings import Settings


@dataclass
class Channels:
    """The open channels by name, their routes, and what they do now and then."""

    by_name: dict[str, MessagingChannel] = field(default_factory=dict)
    routers: list[APIRouter] = field(default_factory=list)
    chores: list[Periodic] = field(default_factory=list)

    async def close(self) -> None:
        """Close the channels' connections."""
        for channel in self.by_name.values():
            await channel.close()


def open_channels(settings: Settings, needs: Needs) -> Channels:
    """Return the channels that are set up; needs a running event loop. Raises SettingsError."""
    opened = Channels()
    line = open_line(settings, needs)
    if line is None:
        opened.routers.append(line_off())
    else:
        opened.by_name[line.channel.name] = line.channel
        opened.routers.append(line.routes)
        opened.chores.append(line.reads_quota)
    for found in (open_messenger(settings, needs), open_webhook(settings, needs)):
        if found is not None:
            channels, routes = found
            opened.by_name.update((each.name, each) for each in channels)
            opened.routers.append(routes)
    return opened
