"""Tests of how answers are counted."""
