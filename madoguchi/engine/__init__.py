"""The engine: Rasa in its own process, seen from the service."""
