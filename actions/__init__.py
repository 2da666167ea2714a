"""The assistant's actions: rasa-sdk actions that run inside the service."""
