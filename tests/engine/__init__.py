"""Tests of what lies between the service and Rasa."""
