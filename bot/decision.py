"""Decides what follows from the ranking: an answer, a question back, or an honest no."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Dict, Iterable, List, Text, Tuple

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

Ranking = List[Dict[Text, Any]]
CATALOGUE = Path("madoguchi/knowledge/catalogue")
UNSURE = "nlu_fallback"
OUTSIDE = ("out_of_scope", "out_of_scope_far")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AnswerDecision(GraphComponent):
    """Keeps the intent when it is right often enough, else sets ``nlu_fallback`` or out of scope.

    The page's site is a prior, not a wall. A topic and the act that does it for the customer's
    own order are both right, so they count together.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the settings; docs/understanding.md shows how the bounds were measured."""
        return {
            "catalogue": str(CATALOGUE),
            "answer_above": 0.5,
            "outside_above": 0.5,
            "clarify_above": 0.3,
            # There are far more training phrases outside the guides than customers ask.
            "outside_weight": 1.0,
            "other_site_penalty": 1.0,
            "own_bonus": 1.0,
        }

    def __init__(
        self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        """Keep the settings."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._families: Dict[Text, List[Text]] = {}
        self._sites: Dict[Text, Text] = {}
        self._owned: Dict[Text, Text] = {}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "AnswerDecision":
        """Create it without families; training reads them from the catalogue."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "AnswerDecision":
        """Load what was known of the catalogue when the model was trained."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            known = json.loads((folder / "catalogue.json").read_text(encoding="utf-8"))
        component._families, component._sites = known["families"], known["sites"]
        component._owned = known["owned"]
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Store which topics and acts belong together, and to which site."""
        self._families, self._sites = read_catalogue(Path(self._config["catalogue"]))
        self._owned = read_owned(Path(self._config["catalogue"]))
        with self._model_storage.write_to(self._resource) as folder:
            known = {"families": self._families, "sites": self._sites, "owned": self._owned}
            (folder / "catalogue.json").write_text(json.dumps(known), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the training data as it is."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent that the assistant acts on; the ranking stays for the question back."""
        for message in messages:
            ranking: Ranking = message.get("intent_ranking") or []
            if not ranking:
                continue
            metadata = message.get("metadata")
            ranking = weigh_site(
                ranking,
                self._sites,
                (metadata or {}).get("site"),
                self._config["other_site_penalty"],
            )
            ranking = weigh_own(
                ranking, self._owned, (metadata or {}).get("own") or (), self._config["own_bonus"]
            )
            name, confidence = self._decide(ranking)
            spoken = (metadata or {}).get("own") or ()
            name = own_case(name, self._families, self._owned, spoken)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set("intent", {"name": name, "confidence": confidence}, add_to_output=True)
            if metadata is not None:
                # The channel hands this to the service, and Rasa stores it with the message.
                metadata["understanding"] = {
                    "intent": name,
                    "confidence": round(confidence, 4),
                    "candidates": [
                        {"intent": entry["name"], "confidence": round(entry["confidence"], 4)}
                        for entry in ranking[:5]
                    ],
                }
        return messages

    def _decide(self, ranking: Ranking) -> Tuple[Text, float]:
        ranking = weigh_outside(ranking, self._config["outside_weight"])
        outside = sum(entry["confidence"] for entry in ranking if entry["name"] in OUTSIDE)
        inside = [entry for entry in ranking if entry["name"] not in OUTSIDE]
        if not inside:
            return ranking[0]["name"], outside
        best = inside[0]
        family = {best["name"], *self._families.get(best["name"], [])}
        sure = sum(entry["confidence"] for entry in inside if entry["name"] in family)
        if sure >= self._config["answer_above"] and sure > outside:
            return best["name"], sure
        if outside >= self._config["outside_above"]:
            far = next(entry["name"] for entry in ranking if entry["name"] in OUTSIDE)
            return far, outside
        likely = sum(entry["confidence"] for entry in inside[:3])
        if likely >= self._config["clarify_above"]:
            return UNSURE, likely
        return OUTSIDE[0], 1.0 - likely


def own_case(
    name: Text, families: Dict[Text, List[Text]], owned: Dict[Text, Text], spoken: Iterable[Text]
) -> Text:
    """Return the act instead of its topic when the customer speaks of something of their own."""
    if name in owned:
        return name
    acts = [act for act in families.get(name, []) if owned.get(act) in set(spoken)]
    return acts[0] if acts else name


def weigh_own(
    ranking: Ranking, owned: Dict[Text, Text], spoken: Iterable[Text], bonus: float
) -> Ranking:
    """Return the ranking with the acts about what the customer speaks of made likelier.

    Who writes an order's number hardly means a rental, or no order at all. The sum stays.
    """
    kinds = set(spoken)
    if not kinds:
        return ranking
    factor = math.exp(bonus)
    weighed = [
        {
            **entry,
            "confidence": entry["confidence"]
            * (factor if owned.get(entry["name"]) in kinds else 1.0),
        }
        for entry in ranking
    ]
    before = sum(entry["confidence"] for entry in ranking)
    after = sum(entry["confidence"] for entry in weighed) or 1.0
    for entry in weighed:
        entry["confidence"] *= before / after
    return sorted(weighed, key=lambda entry: -entry["confidence"])


def weigh_outside(ranking: Ranking, weight: float) -> Ranking:
    """Return the ranking with the classes outside the guides made less likely by the factor."""
    weighed = [
        {**entry, "confidence": entry["confidence"] * (weight if entry["name"] in OUTSIDE else 1.0)}
        for entry in ranking
    ]
    total = sum(entry["confidence"] for entry in weighed) or 1.0
    before = sum(entry["confidence"] for entry in ranking)
    for entry in weighed:
        entry["confidence"] *= before / total
    return weighed


def weigh_site(ranking: Ranking, sites: Dict[Text, Text], site: Any, penalty: float) -> Ranking:
    """Return the ranking with the other site's intents made less likely, summing to the same."""
    if site not in sites.values():
        return ranking
    factor = math.exp(-penalty)
    weighed = [
        {
            **entry,
            "confidence": entry["confidence"]
            * (factor if sites.get(entry["name"], site) != site else 1.0),
        }
        for entry in ranking
    ]
    before = sum(entry["confidence"] for entry in ranking)
    after = sum(entry["confidence"] for entry in weighed) or 1.0
    for entry in weighed:
        entry["confidence"] *= before / after
    return sorted(weighed, key=lambda entry: -entry["confidence"])


def read_catalogue(folder: Path) -> Tuple[Dict[Text, List[Text]], Dict[Text, Text]]:
    """Return which intents answer the same wish, and the site of each that has one."""
    families: Dict[Text, List[Text]] = {}
    sites: Dict[Text, Text] = {}
    for file in sorted(folder.glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
            kind, _, _name = entry["id"].partition("/")
            intent = entry["id"].replace("/", "_")
            site = entry["site"] if kind == "act" else kind
            if site != "both":
                sites[intent] = site
            if kind != "act" and entry.get("act"):
                act = f"act_{entry['act']}"
                families.setdefault(intent, []).append(act)
                families.setdefault(act, []).append(intent)
    return families, sites


def read_owned(folder: Path) -> Dict[Text, Text]:
    """Return the acts about something of the customer's own, each with what it is."""
    return {
        entry["id"].replace("/", "_"): entry["own"]
        for file in sorted(folder.glob("*.yml"))
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
        if "own" in entry
    }
