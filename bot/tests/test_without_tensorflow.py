"""A serving process leaves TensorFlow out, and one that needs it still gets it."""

from __future__ import annotations

import subprocess
import sys

from bot.tests.support.rasa import PROJECT

SERVING = """
import importlib, sys
from bot.without_tensorflow import serve_without_tensorflow
serve_without_tensorflow()
import rasa.core.agent, rasa.core.run
from rasa.shared.utils.common import class_from_module_path
"""
VALIDATOR = "rasa.graph_components.validators.default_recipe_validator.DefaultV1RecipeValidator"


def said_by(script: str) -> list[str]:
    """Return the lines that a new process prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SERVING + script],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_rasas_server_and_our_components_are_imported_without_it() -> None:
    said = said_by("""
for name in ("channel", "tokenizer", "lexical_featurizer", "embedding_featurizer",
             "intent_classifier", "entities", "decision"):
    importlib.import_module(f"bot.{name}")
import rasa.core.policies.rule_policy
print("tensorflow" in sys.modules, "keras" in sys.modules)
""")
    assert said == ["False False"]


def test_a_model_may_name_what_checked_its_training_data() -> None:
    said = said_by(f"""
print(class_from_module_path({VALIDATOR!r}).__name__, "tensorflow" in sys.modules)
""")
    assert said == ["DefaultV1RecipeValidator False"]


def test_a_component_that_needs_it_gets_it() -> None:
    said = said_by("""
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
from rasa.utils.tensorflow.data_generator import RasaBatchDataGenerator
from tensorflow.keras.utils import Sequence
print(DIETClassifier.__name__, issubclass(RasaBatchDataGenerator, Sequence))
""")
    assert said == ["DIETClassifier True"]
