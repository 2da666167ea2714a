"""Tests of customers' files."""
