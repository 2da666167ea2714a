"""Tests of the assistant's actions, run by rasa-sdk itself."""
