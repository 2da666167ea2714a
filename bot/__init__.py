"""What runs inside Rasa: Japanese understanding, the channel to the service, the launcher.

This package runs on Python 3.10 in the environment of ``bot/requirements.txt`` and is never
imported by the service.
"""
