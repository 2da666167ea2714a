"""What each block of features brings, on phrasings nobody trained on.

Run as ``bot/.venv/bin/python benchmarks/ablation.py FILE.jsonl [FILE.jsonl …]``. ``--kana`` asks
everything in kana, as someone writes who leaves out the conversion. The e5 embedding, which the
assistant does without, is measured too when ``--e5`` is given (it takes three minutes the first
time).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Dict, List, Set, Tuple

import numpy as np

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

_CHINESE = re.compile("[一-鿿々]")
_KATAKANA = re.compile("[ァ-ヶ]")
_STRENGTH = 30.0
_ITERATIONS = 40
_WEIGHTS = {"lemma": 1.0, "character": 1.0, "reading": 1.0, "use": 0.7, "e5": 0.7}
_SETS = [
    ["lemma"],
    ["character"],
    ["use"],
    ["lemma", "character"],
    ["lemma", "character", "reading"],
    ["lemma", "character", "use"],
    ["lemma", "character", "reading", "use"],
]
_WITH_E5 = [["lemma", "character", "reading", "e5"], ["lemma", "character", "reading", "use", "e5"]]


def main() -> None:
    """Print a table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--e5", action="store_true")
    parser.add_argument("--kana", action="store_true")
    arguments = parser.parse_args()
    names = ["use", "e5"] if arguments.e5 else ["use"]
    cases = {file.stem: _cases(file) for file in arguments.files}
    texts = [case[0] for part in cases.values() for case in part]
    if arguments.kana:
        texts = [_in_kana(text) for text in texts]
    features, labels, classes = _features(texts, names)
    print("| blocks | fit, s | " + " | ".join(cases) + " |")
    print("|---" * (2 + len(cases)) + "|")
    for blocks in _SETS + (_WITH_E5 if arguments.e5 else []):
        scores, seconds = _scores(features, blocks, labels, len(classes))
        figures, start = [], 0
        for part in cases.values():
            figures.append(_accuracy(scores[start : start + len(part)], part, classes))
            start += len(part)
        print(f"| {' + '.join(blocks)} | {seconds:.0f} | {' | '.join(figures)} |", flush=True)


def _cases(file: Path) -> List[Tuple[str, Set[str], str]]:
    cases = []
    for line in file.read_text("utf-8").splitlines():
        entry = json.loads(line)
        gold = {_intent(name) for name in entry["gold"]}
        if "oos" not in gold:
            cases.append((entry["text"], gold, entry["style"]))
    return cases


def _intent(name: str) -> str:
    return name.replace("/", "_", 1)


def _in_kana(text: str) -> str:
    """Return the text with every word that has a Chinese character written as it is read."""
    from bot.morphology import analyse

    written, end = [], 0
    for word in analyse(text):
        read = word.reading if _CHINESE.search(word.surface) else text[word.start : word.end]
        written.append(text[end : word.start] + read)
        end = word.end
    katakana = "".join(written) + text[end:]
    return _KATAKANA.sub(lambda found: chr(ord(found.group()) - 0x60), katakana)


def _features(texts: List[str], embeddings: List[str]) -> Tuple[Dict[str, Any], Any, List[str]]:
    """Return each block's features: of what is trained on, and of what is asked."""
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.importers.utils import training_data_from_paths
    from rasa.shared.nlu.training_data.message import Message

    from bot.embedding_featurizer import EmbeddingFeaturizer
    from bot.lexical_featurizer import LexicalFeaturizer
    from bot.tokenizer import JapaneseTokenizer

    files = [str(file) for file in sorted((PROJECT / "data" / "nlu").rglob("*.yml"))]
    data = training_data_from_paths(files, "ja")
    asked = [Message.build(text=text) for text in texts]
    storage = LocalModelStorage.create(Path(tempfile.mkdtemp()))
    tokenizer = JapaneseTokenizer(JapaneseTokenizer.get_default_config())
    tokenizer.process_training_data(data)
    tokenizer.process(asked)
    parts: List[Any] = [
        LexicalFeaturizer(LexicalFeaturizer.get_default_config(), storage, Resource("lexical"))
    ]
    for name in embeddings:
        part = EmbeddingFeaturizer({"model": name})
        part._model_storage, part._resource = storage, Resource(name)
        parts.append(part)
    for part in parts:
        part.train(data)
        part.process_training_data(data)
        part.process(asked)
    classes = sorted({example.get("intent") for example in data.intent_examples})
    index = {name: number for number, name in enumerate(classes)}
    labels = np.array([index[example.get("intent")] for example in data.intent_examples])
    features = {
        name: (_block(data.intent_examples, name), _block(asked, name))
        for name in ["lemma", "character", "reading", *embeddings]
    }
    return features, labels, classes


def _block(messages: List[Any], name: str) -> Any:
    from scipy import sparse

    from bot.intent_classifier import _block_of

    rows = [_block_of(message, name) for message in messages]
    block = sparse.vstack(rows, format="csr") if sparse.issparse(rows[0]) else np.vstack(rows)
    return block * np.float32(_WEIGHTS[name])


def _scores(
    features: Dict[str, Any], blocks: List[str], labels: Any, classes: int
) -> Tuple[Any, float]:
    from bot import logistic
    from bot.inner_products import InnerProducts

    started = time.perf_counter()
    duals = logistic.fit(
        InnerProducts([features[name][0] for name in blocks]),
        labels,
        classes,
        strength=_STRENGTH,
        iterations=_ITERATIONS,
    )
    seconds = time.perf_counter() - started
    parts = [new @ (known.T @ duals) for known, new in (features[name] for name in blocks)]
    return sum(parts) + duals.sum(axis=0), seconds


def _accuracy(scores: Any, cases: List[Tuple[str, Set[str], str]], classes: List[str]) -> str:
    """Return the share whose best intent is right, overall and of the weakest style."""
    styles: Dict[str, List[bool]] = defaultdict(list)
    for row, (_, gold, style) in zip(scores, cases):
        styles[style].append(classes[int(np.argmax(row))] in gold)
    overall = np.mean([right for part in styles.values() for right in part])
    weakest = min(styles, key=lambda style: float(np.mean(styles[style])))
    return f"{overall:.3f} ({weakest} {np.mean(styles[weakest]):.3f})"


if __name__ == "__main__":
    main()
