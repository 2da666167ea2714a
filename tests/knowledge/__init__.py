"""Tests of the catalogue, the answers and the training phrases."""
