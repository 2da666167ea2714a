"""Conversations: the inbox of what customers write, the transcript, and who answers."""
