"""The Rasa tokenizer: Japanese words with exact offsets into what the customer wrote."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.compatibility import VersionedComponent
from bot.morphology import analyse, dictionary_version


class JapaneseToken(Token):
    """A token whose fingerprint costs nothing: Rasa asks for it thousands of times in training."""

    def fingerprint(self) -> Text:
        """Return what tells this token from another."""
        return f"{self.text}\t{self.start}\t{self.lemma}\t{self.data}"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class JapaneseTokenizer(VersionedComponent, Tokenizer):
    """Splits Japanese text into words with fugashi (MeCab) and unidic-lite.

    Every token carries its lemma and, as data, its ``reading`` (katakana) and word class ``pos``.
    """

    @staticmethod
    def supported_languages() -> Optional[List[Text]]:
        """Return the one language whose words it knows."""
        return ["ja"]

    @staticmethod
    def required_packages() -> List[Text]:
        """Return what has to be installed."""
        return ["fugashi", "unidic_lite"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the settings that Rasa's tokenizers share; intents are never split."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def resource_version(cls, config: Dict[Text, Any]) -> Text:
        """Return the dictionary's version: another one splits differently."""
        return dictionary_version()

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """Return the tokens of the attribute's text; at least one when it is not empty."""
        text = message.get(attribute)
        tokens = [
            JapaneseToken(
                text[word.start : word.end],
                word.start,
                word.end,
                data={"reading": word.reading, "pos": word.pos},
                lemma=word.lemma,
            )
            for word in analyse(text)
        ]
        if not tokens and text:
            tokens = [JapaneseToken(text, 0, len(text), data={"reading": "", "pos": ""}, lemma="")]
        return self._apply_token_pattern(tokens)
