"""What follows from a ranking: an answer, a question back, or an honest no."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.decision import (
    CATALOGUE,
    OUTSIDE,
    UNSURE,
    AnswerDecision,
    Ranking,
    own_case,
    read_catalogue,
    read_owned,
    weigh_outside,
    weigh_own,
    weigh_site,
)
from bot.tests.support.rasa import PROJECT, create, load

SITES = {"store_a": "store", "store_b": "store", "rental_a": "rental", "rental_b": "rental"}
INTENTS = [*SITES, "act_both", "smalltalk_greet", *OUTSIDE]
CATALOGUE_FILE = """
- {id: store/receipt, title: 領収書, act: receipt}
- {id: store/tax, title: 税込}
- {id: rental/receipt, title: 領収書, act: receipt}
- {id: act/receipt, title: 領収書を出す, site: both}
- {id: act/cancel, title: 取り消す, site: store}
"""
RULES = {
    "answer_above": 0.5,
    "outside_above": 0.5,
    "clarify_above": 0.3,
    "outside_weight": 1.0,
    "other_site_penalty": 1.0,
}

weights = st.floats(0.01, 100)
factors = st.floats(0.05, 1)
penalties = st.floats(0, 5)
sites = st.sampled_from(["store", "rental"])
shares = st.floats(0, 1)


@st.composite
def rankings(draw: st.DrawFn) -> Ranking:
    """Draw what a classifier may say: some intents, likeliest first, together at most certain."""
    names = draw(st.lists(st.sampled_from(INTENTS), min_size=1, max_size=8, unique=True))
    raw = [draw(weights) for _ in names]
    known = draw(st.floats(0.5, 1)) / sum(raw)
    return ranking(**{name: share * known for name, share in zip(names, raw)})


def ranking(**confidences: float) -> Ranking:
    """Return a ranking of the intents, likeliest first."""
    ordered = sorted(confidences.items(), key=lambda entry: -entry[1])
    return [{"name": name, "confidence": confidence} for name, confidence in ordered]


def total(entries: Ranking) -> float:
    return sum(entry["confidence"] for entry in entries)


def shares_of(entries: Ranking) -> dict[str, float]:
    return {entry["name"]: entry["confidence"] for entry in entries}


@pytest.fixture
def decision(tmp_path: Path) -> AnswerDecision:
    """A decision whose catalogue holds two topics, two acts and one family."""
    return trained(tmp_path)


def trained(folder: Path, **config: Any) -> AnswerDecision:
    catalogue = folder / "catalogue"
    catalogue.mkdir(exist_ok=True)
    (catalogue / "topics.yml").write_text(CATALOGUE_FILE, encoding="utf-8")
    storage = LocalModelStorage.create(catalogue)
    made = create(AnswerDecision, storage, **{**RULES, "catalogue": str(catalogue), **config})
    made.train(TrainingData([]))
    return made


def decided(decision: AnswerDecision, **confidences: float) -> tuple[str, float]:
    message = Message({"text": "質問", "intent_ranking": ranking(**confidences)})
    decision.process([message])
    intent = message.get("intent")
    return intent["name"], pytest.approx(intent["confidence"])


@given(rankings(), sites, penalties)
def test_the_sites_prior_keeps_the_total_and_orders_by_confidence(
    entries: Ranking, site: str, penalty: float
) -> None:
    weighed = weigh_site(entries, SITES, site, penalty)
    assert total(weighed) == pytest.approx(total(entries))
    confidences = [entry["confidence"] for entry in weighed]
    assert confidences == sorted(confidences, reverse=True)
    assert set(shares_of(weighed)) == set(shares_of(entries))


@given(rankings(), sites, penalties)
def test_the_prior_lowers_the_other_sites_intents_by_one_factor_and_no_others(
    entries: Ranking, site: str, penalty: float
) -> None:
    before, after = shares_of(entries), shares_of(weigh_site(entries, SITES, site, penalty))
    changes = {name: after[name] / before[name] for name in before}
    other = [change for name, change in changes.items() if SITES.get(name, site) != site]
    own = [change for name, change in changes.items() if SITES.get(name, site) == site]
    assert other == pytest.approx([other[0]] * len(other) if other else [])
    assert own == pytest.approx([own[0]] * len(own) if own else [])
    if own and other:
        assert other[0] / own[0] == pytest.approx(math.exp(-penalty))


@given(rankings(), st.sampled_from([None, "", "blog", 3, ["store"]]), penalties)
def test_a_page_of_no_site_changes_nothing(entries: Ranking, site: Any, penalty: float) -> None:
    assert weigh_site(entries, SITES, site, penalty) == entries


@given(rankings(), factors)
def test_the_outsides_weight_keeps_the_total_and_every_other_proportion(
    entries: Ranking, weight: float
) -> None:
    before, after = shares_of(entries), shares_of(weigh_outside(entries, weight))
    assert sum(after.values()) == pytest.approx(sum(before.values()))
    inside = {after[name] / before[name] for name in before if name not in OUTSIDE}
    outside = {after[name] / before[name] for name in before if name in OUTSIDE}
    for changes in (inside, outside):
        assert list(changes) == pytest.approx([max(changes)] * len(changes) if changes else [])
    if inside and outside:
        assert max(outside) / max(inside) == pytest.approx(weight)


@given(rankings(), sites, factors, penalties)
def test_weighing_leaves_the_ranking_itself_alone(
    entries: Ranking, site: str, weight: float, penalty: float
) -> None:
    before = [dict(entry) for entry in entries]
    weigh_site(entries, SITES, site, penalty)
    weigh_outside(entries, weight)
    assert entries == before


@pytest.mark.parametrize(
    ("confidences", "name", "confidence"),
    [
        ({"store_tax": 0.6, "store_receipt": 0.3}, "store_tax", 0.6),
        ({"store_tax": 0.5, "store_receipt": 0.3}, "store_tax", 0.5),
        # A topic and its act count together, whichever is likelier.
        ({"store_receipt": 0.3, "act_receipt": 0.25, "store_tax": 0.2}, "store_receipt", 0.55),
        ({"act_receipt": 0.3, "store_receipt": 0.25, "store_tax": 0.2}, "act_receipt", 0.55),
        # Two topics of one act are not one wish.
        ({"store_receipt": 0.3, "rental_receipt": 0.25, "act_cancel": 0.1}, UNSURE, 0.65),
        # Too little for an answer, enough for a question back.
        ({"store_tax": 0.2, "act_cancel": 0.1, "store_receipt": 0.1}, UNSURE, 0.4),
        # Only the three that would be offered count for it.
        ({"store_tax": 0.09, "act_cancel": 0.08, "a": 0.07, "b": 0.06}, "out_of_scope", 0.76),
        # Outside the guides, far or near.
        ({"out_of_scope": 0.6, "store_tax": 0.3}, "out_of_scope", 0.6),
        ({"out_of_scope_far": 0.4, "out_of_scope": 0.2, "a": 0.3}, "out_of_scope_far", 0.6),
        ({"out_of_scope": 0.5, "store_tax": 0.5}, "out_of_scope", 0.5),
        ({"out_of_scope": 0.4, "store_tax": 0.45}, UNSURE, 0.45),
        ({"out_of_scope_far": 1.0}, "out_of_scope_far", 1.0),
        ({"out_of_scope": 0.1, "out_of_scope_far": 0.2}, "out_of_scope_far", 0.3),
    ],
)
def test_what_a_ranking_leads_to(
    decision: AnswerDecision, confidences: dict[str, float], name: str, confidence: float
) -> None:
    assert decided(decision, **confidences) == (name, confidence)


@given(rankings(), shares, factors, shares, factors)
def test_a_decision_is_the_likeliest_answer_a_question_back_or_a_no(
    entries: Ranking, answer: float, outside: float, clarify: float, weight: float
) -> None:
    config = {**RULES, "answer_above": answer, "outside_above": outside}
    config.update(clarify_above=clarify, outside_weight=weight)
    name, confidence = AnswerDecision(config, None, None)._decide(entries)
    inside = [entry["name"] for entry in entries if entry["name"] not in OUTSIDE]
    assert name in {*inside[:1], UNSURE, *OUTSIDE}
    assert 0 <= confidence <= 1 + 1e-9


@given(rankings(), shares, shares)
def test_a_higher_threshold_never_answers_more(entries: Ranking, one: float, other: float) -> None:
    low, high = sorted((one, other))
    answered = [
        AnswerDecision({**RULES, "answer_above": bound}, None, None)._decide(entries)[0]
        not in {UNSURE, *OUTSIDE}
        for bound in (low, high)
    ]
    assert answered[0] or not answered[1]


@given(rankings(), factors, factors)
def test_a_lower_weight_of_the_outside_never_says_no_more_often(
    entries: Ranking, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    refused = [
        AnswerDecision({**RULES, "outside_weight": weight}, None, None)._decide(entries)[0]
        in OUTSIDE
        for weight in (low, high)
    ]
    assert refused[1] or not refused[0]


def test_the_page_decides_between_equals(decision: AnswerDecision) -> None:
    for site in ("store", "rental"):
        message = Message(
            {
                "intent_ranking": ranking(store_receipt=0.4, rental_receipt=0.4, store_tax=0.2),
                "metadata": {"site": site},
            }
        )
        decision.process([message])
        assert message.get("intent")["name"] == f"{site}_receipt"
        assert message.get("intent_ranking")[0]["name"] == f"{site}_receipt"


@pytest.mark.parametrize("metadata", [{}, {"site": "store", "inbound": "42"}])
def test_the_channel_learns_what_was_understood(
    decision: AnswerDecision, metadata: dict[str, Any]
) -> None:
    names = dict.fromkeys("abcdefg", 0.05)
    message = Message({"intent_ranking": ranking(store_tax=0.62345678, **names)})
    message.set("metadata", metadata)
    decision.process([message])
    understanding = metadata["understanding"]
    assert (understanding["intent"], understanding["confidence"]) == ("store_tax", 0.6235)
    assert understanding["candidates"][0] == {"intent": "store_tax", "confidence": 0.6235}
    assert len(understanding["candidates"]) == 5


def test_a_message_without_a_ranking_keeps_its_intent(decision: AnswerDecision) -> None:
    typed = {"name": "act_receipt", "confidence": 1.0}
    message = Message({"intent": typed, "metadata": {"site": "store"}})
    decision.process([message])
    assert message.get("intent") == typed
    assert message.get("metadata") == {"site": "store"}


def test_a_loaded_decision_needs_no_catalogue(tmp_path: Path) -> None:
    made = trained(tmp_path)
    loaded = load(AnswerDecision, made._model_storage, **{**RULES, "catalogue": "gone"})
    asked = {"store_receipt": 0.3, "act_receipt": 0.25, "store_tax": 0.2}
    assert decided(loaded, **asked) == decided(made, **asked) == ("store_receipt", 0.55)
    assert loaded._sites == made._sites != {}


def test_the_catalogue_tells_families_and_sites(decision: AnswerDecision) -> None:
    assert decision._families == {
        "store_receipt": ["act_receipt"],
        "rental_receipt": ["act_receipt"],
        "act_receipt": ["store_receipt", "rental_receipt"],
    }
    assert decision._sites == {
        "store_receipt": "store",
        "store_tax": "store",
        "rental_receipt": "rental",
        "act_cancel": "store",
    }


def test_the_projects_catalogue_names_only_intents_of_the_domain() -> None:
    families, known = read_catalogue(PROJECT / CATALOGUE)
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    assert {*families, *known} <= set(domain["intents"])
    assert set(known.values()) == {"store", "rental"}
    for intent, related in families.items():
        assert all(intent in families[other] for other in related)


@pytest.mark.parametrize(
    ("name", "spoken", "becomes"),
    [
        ("store_order_cancel", ["order"], "act_order_cancel"),
        ("store_order_cancel", ["rental"], "store_order_cancel"),
        ("store_order_cancel", [], "store_order_cancel"),
        ("act_order_cancel", ["order"], "act_order_cancel"),
        ("rental_return_deadline", ["order", "rental"], "act_rental_return"),
        ("store_shipping_fee", ["order"], "store_shipping_fee"),
        ("store_product_restock", ["order"], "store_product_restock"),
        (UNSURE, ["order"], UNSURE),
    ],
)
def test_who_speaks_of_their_own_order_means_the_act(
    name: str, spoken: list[str], becomes: str
) -> None:
    families, _ = read_catalogue(PROJECT / CATALOGUE)
    assert own_case(name, families, read_owned(PROJECT / CATALOGUE), spoken) == becomes


def test_who_writes_an_orders_number_hardly_means_a_rental() -> None:
    ranking = [
        {"name": "act_rental_status", "confidence": 0.4},
        {"name": "act_order_status", "confidence": 0.3},
        {"name": "store_shipping_fee", "confidence": 0.2},
    ]
    owned = {"act_rental_status": "rental", "act_order_status": "order"}
    assert weigh_own(ranking, owned, [], 2.0) == ranking
    weighed = weigh_own(ranking, owned, ["order"], 2.0)
    assert weighed[0]["name"] == "act_order_status"
    assert sum(each["confidence"] for each in weighed) == pytest.approx(0.9)
