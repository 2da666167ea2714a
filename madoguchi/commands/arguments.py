"""The command line of ``outbox``, ``notifications``, ``line`` and ``agents``.

What a command needs is imported when it runs: starting the service needs none of it.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from madoguchi.settings import Settings, SettingsError

if TYPE_CHECKING:
    from madoguchi.commands.resending import Resending


def add_operators_commands(commands: Any) -> None:
    """Add the commands to those of ``python -m madoguchi``."""
    outbox = commands.add_parser("outbox", help="see and resend what did not reach customers")
    _add_resending(outbox, _outbox, "what waits, is held or is parked", "what arrived")
    notifications = commands.add_parser(
        "notifications", help="see and resend what agents were not told"
    )
    _add_resending(notifications, _notifications, "what waits or is parked", "what was told")
    _add_line(commands.add_parser("line", help="LINE's quota and rich menu"))
    _add_agents(commands.add_parser("agents", help="who works at the desk"))


def _outbox() -> Resending[Any, Any]:
    from madoguchi.commands.outbox import OUTBOX

    return OUTBOX


def _notifications() -> Resending[Any, Any]:
    from madoguchi.commands.notifications import NOTIFICATIONS

    return NOTIFICATIONS


def _list_stuck(used: Settings, arguments: argparse.Namespace) -> int:
    print(asyncio.run(arguments.resending().listed(used, everything=arguments.all)))
    return 0


def _resend(used: Settings, arguments: argparse.Namespace) -> int:
    if not arguments.numbers and not arguments.parked:
        raise SettingsError("name them by their numbers, as 'list' shows them, or say --parked")
    resending = arguments.resending()
    print(asyncio.run(resending.resend(used, arguments.numbers, parked=arguments.parked)))
    return 0


def _line_status(used: Settings, _arguments: argparse.Namespace) -> int:
    from madoguchi.commands.line import show_status

    print(asyncio.run(show_status(used)))
    return 0


def _line_menu(used: Settings, _arguments: argparse.Namespace) -> int:
    from madoguchi.commands.line import set_rich_menu

    print(asyncio.run(set_rich_menu(used)))
    return 0


def _agents_list(used: Settings, _arguments: argparse.Namespace) -> int:
    from madoguchi.commands.agents import list_agents

    print(asyncio.run(list_agents(used)))
    return 0


def _agents_add(used: Settings, arguments: argparse.Namespace) -> int:
    from madoguchi.commands.agents import add_agent, asked_password
    from madoguchi.desk.agents import NewAgent
    from madoguchi.desk.roles import Role

    new = NewAgent(arguments.login, arguments.name, Role(arguments.role), email=arguments.email)
    print(asyncio.run(add_agent(used, new, asked_password())))
    return 0


def _agents_reset(used: Settings, arguments: argparse.Namespace) -> int:
    from madoguchi.commands.agents import asked_password, reset_agent

    print(asyncio.run(reset_agent(used, arguments.login, asked_password())))
    return 0


def _agents_remove(used: Settings, arguments: argparse.Namespace) -> int:
    from madoguchi.commands.agents import remove_agent

    print(asyncio.run(remove_agent(used, arguments.login)))
    return 0


def _add_resending(
    parser: argparse.ArgumentParser,
    resending: Callable[[], Resending[Any, Any]],
    stuck: str,
    arrived: str,
) -> None:
    """Add the two commands of an outbox; ``stuck`` and ``arrived`` are its words for these."""
    parser.set_defaults(resending=resending)
    commands = parser.add_subparsers(required=True)
    listed = commands.add_parser("list", help=f"list {stuck}")
    listed.add_argument("--all", action="store_true", help=f"list {arrived}, too")
    listed.set_defaults(command=_list_stuck)
    resend = commands.add_parser("resend", help="try them anew")
    resend.add_argument("numbers", type=int, nargs="*", help="numbers as 'list' shows them")
    resend.add_argument("--parked", action="store_true", help="all that are parked")
    resend.set_defaults(command=_resend)


def _add_line(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True)
    status = commands.add_parser("status", help="show the month's messages and their deliveries")
    status.set_defaults(command=_line_status)
    menu = commands.add_parser("menu", help="show the shop's rich menu to everybody")
    menu.set_defaults(command=_line_menu)


def _add_agents(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True)
    commands.add_parser("list", help="list them").set_defaults(command=_agents_list)
    add = commands.add_parser("add", help="add one; the password is asked for, or made up")
    add.add_argument("login")
    add.add_argument("--name", required=True, help="as customers see it")
    add.add_argument("--role", default="agent", choices=["agent", "lead", "admin", "auditor"])
    add.add_argument("--email")
    add.set_defaults(command=_agents_add)
    reset = commands.add_parser("reset", help="give one a new password, without a second factor")
    reset.add_argument("login")
    reset.set_defaults(command=_agents_reset)
    remove = commands.add_parser("remove", help="take one from the desk")
    remove.add_argument("login")
    remove.set_defaults(command=_agents_remove)
