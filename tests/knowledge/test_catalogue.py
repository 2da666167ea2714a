"""The catalogue: 83 topics and the acts, each with a title that fits on a button."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.knowledge.catalogue import SITES, Act, Topic, catalogue

TOPICS = list(catalogue().topics.values())
ACTS = list(catalogue().acts.values())
LONGEST_TITLE = 20

each_topic = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
each_act = pytest.mark.parametrize("act", ACTS, ids=lambda act: act.id)
each = pytest.mark.parametrize("known", [*TOPICS, *ACTS], ids=lambda known: known.intent)


def test_the_store_has_49_topics_and_the_rental_34() -> None:
    assert Counter(topic.site for topic in TOPICS) == {"store": 49, "rental": 34}
    assert len(TOPICS) == 83


def test_no_two_titles_are_the_same() -> None:
    titles = Counter([topic.title for topic in TOPICS] + [act.title for act in ACTS])
    assert [title for title, count in titles.items() if count > 1] == []


@each
def test_a_title_fits_on_a_button(known: Topic | Act) -> None:
    assert 0 < len(known.title) <= LONGEST_TITLE
    assert known.title == known.title.strip()


@each_topic
def test_a_topic_is_named_after_its_site(topic: Topic) -> None:
    assert topic.site in SITES
    assert re.fullmatch(rf"{topic.site}/[a-z_]+", topic.id)


@each_topic
def test_a_topic_has_facts_and_what_must_be_said(topic: Topic) -> None:
    assert topic.facts
    assert topic.must_say
    assert all(words.strip() for words in (*topic.facts, *topic.must_say))


@each_topic
def test_a_topic_is_found_by_its_intent(topic: Topic) -> None:
    assert "/" not in topic.intent
    assert catalogue().topic_of(topic.intent) is topic
    assert catalogue().act_of(topic.intent) is None
    assert catalogue().title_of(topic.intent) == topic.title


@each_act
def test_an_act_is_found_by_its_intent(act: Act) -> None:
    assert act.intent == f"act_{act.id}"
    assert catalogue().act_of(act.intent) is act
    assert catalogue().topic_of(act.intent) is None
    assert catalogue().title_of(act.intent) == act.title


@each_topic
def test_the_act_that_a_topic_leads_to_exists(topic: Topic) -> None:
    if topic.act is not None:
        act = catalogue().acts[topic.act]
        assert act.site in {topic.site, None}


@each_act
def test_an_act_leads_back_to_topics_of_its_sites(act: Act) -> None:
    assert act.site in {*SITES, None}
    for site, topic in act.topics.items():
        assert catalogue().topics[topic].site == site
        assert act.site in {site, None}


@given(st.text() | st.sampled_from(["store_", "act_", "smalltalk_greet", "nlu_fallback", "store/"]))
def test_an_intent_that_is_neither_is_neither(intent: str) -> None:
    assert catalogue().topic_of(intent) is None
    assert catalogue().act_of(intent) is None
    assert catalogue().title_of(intent) is None
