"""Imports Rasa without TensorFlow, which none of our components uses.

Rasa imports it for its neural networks even when the pipeline has none: 240 MB and half of the
engine's start. It reaches a serving process on two ways only, and both are for training.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Dict, Tuple

# What is imported by ``rasa.utils.train_utils``, which every entity extractor and policy imports.
_TRAINING_NETWORKS = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
}
# A model names the classes that trained it, and loading it imports all of them.
_TRAINING_GRAPH = {
    "rasa.graph_components.validators.default_recipe_validator": ("DefaultV1RecipeValidator",),
}


def serve_without_tensorflow() -> None:
    """Have what serving imports of Rasa leave TensorFlow out; call it before importing Rasa.

    This process can then load and serve a model, and cannot train one. A component of another
    pipeline that does need TensorFlow still gets it, because it imports it by itself.
    """
    if "rasa.utils.train_utils" not in sys.modules:
        _stand_in(_TRAINING_NETWORKS)
        importlib.import_module("rasa.utils.train_utils")
        for module in _TRAINING_NETWORKS:
            del sys.modules[module]
    _stand_in(_TRAINING_GRAPH)


def _stand_in(modules: Dict[str, Tuple[str, ...]]) -> None:
    for module, classes in modules.items():
        empty = ModuleType(module)
        for name in classes:
            setattr(empty, name, type(name, (), {"__module__": module}))
        sys.modules[module] = empty
