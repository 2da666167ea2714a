"""Tests of every skill as a customer meets it: through the Chat API, on both kinds of systems."""
