"""Tests of the stand-in for LINE: it has to behave as LINE documents."""
