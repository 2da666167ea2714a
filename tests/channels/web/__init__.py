"""Tests of the Chat API over real HTTP."""
