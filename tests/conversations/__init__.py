"""Tests of the inbox, the transcript and the worker."""
