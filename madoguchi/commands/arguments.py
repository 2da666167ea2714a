"""The command line of ``outbox``, ``notifications``, ``line`` and ``agents``.

What a command needs is imported when it runs: starting the service needs none of it.
"""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from madoguchi.settings import Settings, SettingsError


def add_operators_commands(commands: Any) -> None:
    """Add the commands to those of ``python -m madoguchi``."""
    _add_outbox(commands.add_parser("outbox", help="see and resend what did not reach customers"))
    _add_notifications(
        commands.add_parser("notifications", help="see and resend what agents were not told")
    )
    _add_line(commands.add_parser("line", help="LINE's quota and rich menu"))
    _add_agents(commands.add_parser("agents", help="who works at the desk"))


def _outbox_list(used: Settings, arguments: argparse.Namespace) -> int:
    from madoguchi.commands.outbox import list_outbox

    print(asyncio.run(list_outbox(used, everything=arguments.all)))
    return 0


def _outbox_resend(used: Settings, arguments: argparse.Namespace) -> int:
    from madoguchi.commands.outbox import resend

    if not arguments.numbers and not arguments.parked:
        raise SettingsError("name deliveries by their numbers ('outbox list'), or say --parked")
    print(asyncio.run(resend(used, arguments.numbers, parked=arguments.parked)))
    return 0


def _notifications_list(used: Settings, arguments: argparse.Namespace) -> int:
    from madoguchi.commands.notifications import list_notifications

    print(asyncio.run(list_notifications(used, everything=arguments.all)))
    return 0


def _notifications_resend(used: Settings, arguments: argparse.Namespace) -> int:
    from madoguchi.commands.notifications import resend_notifications

    if not arguments.numbers and not arguments.parked:
        raise SettingsError("name them by their numbers ('notifications list'), or say --parked")
    print(asyncio.run(resend_notifications(used, arguments.numbers, parked=arguments.parked)))
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


def _add_outbox(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True)
    listed = commands.add_parser("list", help="list what waits, is held or is parked")
    listed.add_argument("--all", action="store_true", help="list what arrived, too")
    listed.set_defaults(command=_outbox_list)
    resend = commands.add_parser("resend", help="try deliveries anew")
    resend.add_argument("numbers", type=int, nargs="*", help="numbers as 'list' shows them")
    resend.add_argument("--parked", action="store_true", help="all that are parked")
    resend.set_defaults(command=_outbox_resend)


def _add_notifications(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True)
    listed = commands.add_parser("list", help="list what waits or is parked")
    listed.add_argument("--all", action="store_true", help="list what was told, too")
    listed.set_defaults(command=_notifications_list)
    resend = commands.add_parser("resend", help="try parked ones anew")
    resend.add_argument("numbers", type=int, nargs="*", help="numbers as 'list' shows them")
    resend.add_argument("--parked", action="store_true", help="all that are parked")
    resend.set_defaults(command=_notifications_resend)


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
