"""The command line: ``python -m madoguchi run|service|train|evaluate|demo|outbox|…``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from pathlib import Path

from madoguchi import __version__
from madoguchi.commands.arguments import add_operators_commands
from madoguchi.database import DatabaseUnusableError
from madoguchi.logs import configure_logs
from madoguchi.settings import Settings, SettingsError, settings
from madoguchi.supervisor import ProcessFailedError, ServiceRefusedError
from madoguchi.training import TrainingError

REFUSED = 2


def main() -> int:
    """Run the command that was asked for and return its exit code."""
    arguments = _parser().parse_args()
    if arguments.command not in {_run, _service, _evaluate}:
        # A command tells the operator itself what went wrong; the log would say it twice.
        configure_logs("ERROR")
    try:
        return int(arguments.command(settings(), arguments))
    except SettingsError as error:
        print(f"{_what_fails(arguments)}:\n{error}", file=sys.stderr)
        return REFUSED
    except DatabaseUnusableError as error:
        # Not a refusal: it may be there in a moment, and whoever runs this may try again.
        print(f"{_what_fails(arguments)}:\n{error}", file=sys.stderr)
        return 1
    except ServiceRefusedError as error:
        print(f"Madoguchi stopped: {error}", file=sys.stderr)
        return REFUSED
    except (TrainingError, ProcessFailedError) as error:
        print(f"Madoguchi stopped: {error}", file=sys.stderr)
        return 1


def _what_fails(arguments: argparse.Namespace) -> str:
    starts = arguments.command in {_run, _service}
    return "Madoguchi cannot start" if starts else "Madoguchi cannot do that"


def _run(used: Settings, _arguments: argparse.Namespace) -> int:
    from madoguchi import supervisor

    supervisor.ensure_startable(used)
    model = _model(used)
    say("starting (about 15 seconds)")
    asyncio.run(supervisor.run(used, model, say))
    say("stopped")
    return 0


def _service(used: Settings, _arguments: argparse.Namespace) -> int:
    from madoguchi.database import open_database
    from madoguchi.process import end_with_parent
    from madoguchi.serve import StartFailedError, serve

    end_with_parent()
    # Refused here, a URL that is not one of ours ends this with a code that means so.
    open_database(used.database_url)
    try:
        asyncio.run(serve(used))
    except StartFailedError:
        raise ProcessFailedError("the service could not start (see above)") from None
    return 0


def _train(used: Settings, arguments: argparse.Namespace) -> int:
    _model(used, again=arguments.again)
    return 0


def _evaluate(used: Settings, arguments: argparse.Namespace) -> int:
    from madoguchi.evaluation.run import evaluate_file

    return evaluate_file(used, _model(used), arguments.file, arguments.out)


def _demo(used: Settings, _arguments: argparse.Namespace) -> int:
    from madoguchi.systems.choice import listed_demo

    print(asyncio.run(listed_demo(used)))
    return 0


def _model(used: Settings, *, again: bool = False) -> Path:
    from madoguchi import training

    model = None if again else training.current_model()
    if model is not None:
        say(f"model {model.name} is current")
        return model
    say("training the assistant (about a minute; the first time up to two)")
    model = training.train(used.engine_python)
    say(f"trained {model.name}")
    return model


def say(line: str) -> None:
    """Tell the operator what is going on; a closed terminal is no reason to stop."""
    with contextlib.suppress(OSError):
        print(f"madoguchi: {line}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="madoguchi", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="start the engine and the service and keep them alive")
    run.set_defaults(command=_run)
    service = commands.add_parser("service", help="start the service alone")
    service.set_defaults(command=_service)
    train = commands.add_parser("train", help="train the assistant when something has changed")
    train.add_argument("--again", action="store_true", help="train even when nothing has changed")
    train.set_defaults(command=_train)
    evaluate = commands.add_parser("evaluate", help="measure answers against a file of phrasings")
    evaluate.add_argument("file", type=Path)
    evaluate.add_argument("--out", type=Path, default=Path("results/evaluation.json"))
    evaluate.set_defaults(command=_evaluate)
    add_operators_commands(commands)
    demo = commands.add_parser("demo", help="list the demo shops' orders and rentals to try")
    demo.set_defaults(command=_demo)
    return parser


if __name__ == "__main__":
    sys.exit(main())
