"""Trains the assistant's model as ``rasa train`` does, without what only that command needs.

Rasa's command keeps the output of every step for the next training and, to know it again,
takes the fingerprint of all training data after each. ``madoguchi/training.py`` knows better when
nothing has changed, and then does not train at all.
"""

from __future__ import annotations

import argparse
import copy
import gc
import logging
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

FILES = ("config.yml", "domain.yml", ["data"])


def main() -> None:
    """Train from the files of the folder it is started in; exit with 1 when they are not sound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the model's file, .tar.gz")
    arguments = parser.parse_args()
    # Two million objects live until the end; looking for dead ones among them takes five seconds.
    gc.disable()
    train(arguments.out)


def train(out: Path) -> None:
    """Check the project's files, train a model from them and write it to ``out``.

    Raises SystemExit with what is wrong, and RasaException for what Rasa refuses.
    """
    import rasa.engine.validation
    from rasa.cli.utils import validate_files
    from rasa.engine.constants import PLACEHOLDER_IMPORTER
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.model_training import get_unresolved_slots
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    importer = TrainingDataImporter.load_from_config(*FILES)
    validate_files(fail_on_warnings=False, max_history=None, importer=importer)
    domain = copy.deepcopy(importer.get_domain())
    unknown = get_unresolved_slots(domain, importer.get_stories())
    if unknown:
        sys.exit(f"Rules set slots that domain.yml does not have: {', '.join(unknown)}")
    config = importer.get_config()
    graph = Recipe.recipe_for_name(config["recipe"]).graph_config_for_recipe(config, {})
    rasa.engine.validation.validate(graph)
    with tempfile.TemporaryDirectory() as folder:
        storage = LocalModelStorage.create(Path(folder))
        context = ExecutionContext(graph.train_schema)
        runner = DaskGraphRunner.create(graph.train_schema, storage, context)
        runner.run(inputs={PLACEHOLDER_IMPORTER: importer})
        storage.create_model_package(out, graph, domain)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    main()
