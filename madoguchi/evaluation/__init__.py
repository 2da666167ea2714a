"""Measures the assistant with phrasings that nobody trained on (docs/evaluation.md)."""
