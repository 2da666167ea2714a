"""Which of Rasa's actions answers an intent, as data/rules says it."""

from __future__ import annotations

_ACTIONS = {
    "nlu_fallback": "action_clarify",
    "none_of_these": "utter_clarify_none",
    "out_of_scope": "utter_fallback",
    "out_of_scope_far": "utter_fallback_far",
    "smalltalk_human": "action_person",
    "continue": "action_continue",
    "proofs_show": "action_proofs_show",
    "proofs_end": "action_proofs_end",
}
_TOPICS = ("store_", "rental_")
# What is no question of its own while a skill waits for an answer.
_MERE_WORDS = {"smalltalk_affirm", "smalltalk_deny"}
# What is said beside the matter: a waiting question answers it well enough.
_COURTESIES = {"smalltalk_thanks", "smalltalk_greet"}
# What a skill gives way to, wherever it stands.
_ENDS = {"smalltalk_human", "proofs_end"}


def action_for(intent: str) -> str:
    """Return the action that answers an intent."""
    if is_act(intent):
        return f"action_{intent.removeprefix('act_')}"
    return _ACTIONS.get(intent) or (f"utter_{intent}" if _has_answer(intent) else "utter_fallback")


def is_act(intent: str) -> bool:
    """Return whether an intent starts a skill."""
    return intent.startswith("act_")


def answers_itself(intent: str) -> bool:
    """Return whether the intent is a question or remark with an answer that needs no skill."""
    return intent == "proofs_show" or (_has_answer(intent) and intent not in _MERE_WORDS)


def is_outside(intent: str) -> bool:
    """Return whether the intent is something that the guides do not cover."""
    return intent in {"out_of_scope", "out_of_scope_far"}


def is_courtesy(intent: str) -> bool:
    """Return whether the intent is a polite word that wants no answer while something is asked."""
    return intent in _COURTESIES


def says_goodbye(intent: str) -> bool:
    """Return whether the customer takes leave."""
    return intent == "smalltalk_bye"


def ends_skills(intent: str) -> bool:
    """Return whether the intent ends whatever is going on."""
    return intent in _ENDS


def _has_answer(intent: str) -> bool:
    return intent.startswith((*_TOPICS, "smalltalk_"))
