"""Cross-validation of the classifier on all training phrases; features are made only once.

Run as ``bot/.venv/bin/python benchmarks/crossvalidation.py [--folds 5]``; prints one line of JSON.
``rasa test nlu --cross-validation`` does it with the whole pipeline and takes much longer.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
import yaml

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

_SEED = 1
_PAIRS = 15


def main() -> None:
    """Print how often the best intent is right on the phrases left out, and what is confused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=5)
    arguments = parser.parse_args()
    started = time.monotonic()
    said = _predictions(*_blocks(), folds=arguments.folds)
    found = summary(said, _families())
    found.update(folds=arguments.folds, seconds=round(time.monotonic() - started))
    print(json.dumps(found, ensure_ascii=False))


def deal(labels: Sequence[str], folds: int, seed: int) -> List[int]:
    """Return each phrase's fold; every intent's phrases are spread over all folds evenly."""
    places: Dict[str, List[int]] = {}
    for place, label in enumerate(labels):
        places.setdefault(label, []).append(place)
    dealt = [0] * len(labels)
    turn = 0
    for label in sorted(places):
        random.Random(f"{seed}/{label}").shuffle(places[label])  # noqa: S311 - a sample, no secret
        for place in places[label]:
            dealt[place] = turn % folds
            turn += 1
    return dealt


def summary(said: Sequence[Tuple[str, str]], families: Dict[str, List[str]]) -> Dict[str, Any]:
    """Return counts and the commonest mistakes of (gold, said) pairs.

    A topic and the act that does it for the customer's own order are the same wish, and both
    right, as for the decision.
    """
    wrong = Counter(
        (gold, name) for gold, name in said if name != gold and name not in families.get(gold, [])
    )
    return {
        "phrases": len(said),
        "right": sum(gold == name for gold, name in said),
        "right_or_same_wish": len(said) - sum(wrong.values()),
        "confused": [[gold, name, count] for (gold, name), count in wrong.most_common(_PAIRS)],
    }


def _families() -> Dict[str, List[str]]:
    from bot.decision import CATALOGUE, read_catalogue

    return read_catalogue(PROJECT / CATALOGUE)[0]


def _settings(component: Any) -> Dict[str, Any]:
    """Return a component's settings as config.yml has them."""
    config = yaml.safe_load((PROJECT / "config.yml").read_text("utf-8"))
    name = f"{component.__module__}.{component.__name__}"
    own = next(part for part in config["pipeline"] if part["name"] == name)
    return {**component.get_default_config(), **own}


def _blocks() -> Tuple[Any, Dict[str, Any], List[str]]:
    """Return an empty classifier, the blocks of all phrases, and their intents."""
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.importers.utils import training_data_from_paths

    from bot.embedding_featurizer import EmbeddingFeaturizer
    from bot.intent_classifier import BlockClassifier
    from bot.lexical_featurizer import LexicalFeaturizer
    from bot.tokenizer import JapaneseTokenizer

    files = [str(file) for file in sorted((PROJECT / "data" / "nlu").rglob("*.yml"))]
    data = training_data_from_paths(files, "ja")
    with tempfile.TemporaryDirectory() as folder:
        storage = LocalModelStorage.create(Path(folder))
        JapaneseTokenizer(_settings(JapaneseTokenizer)).process_training_data(data)
        lexical = LexicalFeaturizer(_settings(LexicalFeaturizer), storage, Resource("lexical"))
        embedding = EmbeddingFeaturizer(_settings(EmbeddingFeaturizer))
        embedding._model_storage, embedding._resource = storage, Resource("embedding")
        for part in (lexical, embedding):
            part.train(data)
            part.process_training_data(data)
        classifier = BlockClassifier(_settings(BlockClassifier), storage, Resource("classifier"))
        blocks = classifier._stack(data.intent_examples)
    return classifier, blocks, [example.get("intent") for example in data.intent_examples]


def _predictions(
    classifier: Any, blocks: Dict[str, Any], intents: List[str], folds: int
) -> List[Tuple[str, str]]:
    """Return every phrase's intent and the one that it got when it was left out."""
    classifier._labels = sorted(set(intents))
    labels = np.array([classifier._labels.index(intent) for intent in intents])
    dealt = np.array(deal(intents, folds, _SEED))
    said: List[Tuple[str, str]] = []
    for fold in range(folds):
        held = dealt == fold
        kept = {name: block[~held] for name, block in blocks.items()}
        duals = classifier._fit(kept, labels[~held], classifier._config["iterations"])
        scores = duals.sum(axis=0) + sum(
            block[held] @ (kept[name].T @ duals) for name, block in blocks.items()
        )
        best = np.argmax(scores, axis=1)
        said += [
            (classifier._labels[gold], classifier._labels[name])
            for gold, name in zip(labels[held], best)
        ]
    return said


if __name__ == "__main__":
    main()
