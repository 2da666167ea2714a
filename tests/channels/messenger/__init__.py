"""Tests of Messenger and Instagram."""
