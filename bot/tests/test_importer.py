"""The training data is read once."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.importer import Phrase, ReadOnceImporter

NLU = """
version: "3.1"
nlu:
- intent: store_receipt
  examples: |
    - 領収書がほしい
    - 領収書をください
- intent: store_tax
  examples: |
    - 税込ですか
"""


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    """A file of training phrases."""
    file = tmp_path / "nlu.yml"
    file.write_text(NLU, encoding="utf-8")
    return file


def test_it_reads_what_rasa_reads(nlu: Path) -> None:
    ours = ReadOnceImporter(training_data_paths=[str(nlu)]).get_nlu_data()
    rasas = RasaFileImporter(training_data_paths=[str(nlu)]).get_nlu_data()
    assert len(ours.intent_examples) == 3
    assert ours.fingerprint() == rasas.fingerprint()


def test_the_files_are_read_at_the_first_call_only(nlu: Path) -> None:
    importer = ReadOnceImporter(training_data_paths=[str(nlu)])
    first = importer.get_nlu_data()
    nlu.unlink()
    assert importer.get_nlu_data() is first
    assert len(importer.get_nlu_data("ja").intent_examples) == 3


def test_every_importer_reads_for_itself(nlu: Path) -> None:
    ReadOnceImporter(training_data_paths=[str(nlu)]).get_nlu_data()
    nlu.write_text(NLU.replace("    - 税込ですか\n", "    - 税込ですか\n    - 税は\n"), "utf-8")
    data = ReadOnceImporter(training_data_paths=[str(nlu)]).get_nlu_data()
    assert len(data.intent_examples) == 4


def test_rasa_finds_it_by_the_name_in_the_settings(nlu: Path, tmp_path: Path) -> None:
    settings = tmp_path / "config.yml"
    settings.write_text(
        "recipe: default.v1\nassistant_id: a\nlanguage: ja\n"
        "importers: [{name: bot.importer.ReadOnceImporter}]\npipeline: []\npolicies: []\n",
        encoding="utf-8",
    )
    importer = TrainingDataImporter.load_from_config(str(settings), training_data_paths=[str(nlu)])
    first = importer.get_nlu_data()
    nlu.unlink()
    assert importer.get_nlu_data().fingerprint() == first.fingerprint()


def test_a_copied_phrase_shares_nothing_that_changes() -> None:
    phrase = Phrase({TEXT: "領収書", INTENT: "store_receipt", ENTITIES: [{"entity": "store"}]})
    copied = copy.deepcopy(phrase)
    assert copied == phrase
    copied.get(ENTITIES)[0]["entity"] = "date"
    copied.set(INTENT, "store_tax", add_to_output=True)
    assert phrase.get(ENTITIES) == [{"entity": "store"}]
    assert phrase.get(INTENT) == "store_receipt"
    assert INTENT not in phrase.output_properties


def test_a_phrase_is_told_from_another_as_rasa_tells_messages() -> None:
    phrase = Phrase({TEXT: "領収書", INTENT: "store_receipt"})
    assert phrase.fingerprint() == Message({TEXT: "領収書", INTENT: "store_receipt"}).fingerprint()
    phrase.set(INTENT, "store_receipt")
    assert phrase == Message({TEXT: "領収書", INTENT: "store_receipt"})
    phrase.set(INTENT, "store_tax")
    assert phrase == Message({TEXT: "領収書", INTENT: "store_tax"})
    phrase.set("words", ["領収"])
    phrase.get("words").append("書")
    phrase.set("words", phrase.get("words"))
    assert phrase != Message({TEXT: "領収書", INTENT: "store_tax", "words": ["領収"]})
