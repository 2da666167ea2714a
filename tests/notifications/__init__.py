"""Tests of what is told by e-mail and webhook."""
