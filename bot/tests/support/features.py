"""What a featurizer added to a message."""

from __future__ import annotations

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy import sparse


def rows_of(message: Message) -> dict[str, np.ndarray]:
    """Return the row that each block has for the message."""
    return {features.origin: as_row(features) for features in message.features}


def as_row(features: Features) -> np.ndarray:
    """Return features as one row of numbers, whether they are sparse or dense."""
    values = features.features
    return np.asarray(values.toarray() if sparse.issparse(values) else values)[0]


def earlier_features() -> Features:
    """Return features that another featurizer added before."""
    return Features(np.array([[1.0, 2.0]]), FEATURE_TYPE_SENTENCE, TEXT, "earlier")


def same_rows(one: Message, other: Message, tolerance: float = 0.0) -> bool:
    """Return whether two messages have the same blocks with the same numbers."""
    rows, others = rows_of(one), rows_of(other)
    return list(rows) == list(others) and all(
        np.allclose(row, others[name], rtol=0, atol=tolerance) for name, row in rows.items()
    )
