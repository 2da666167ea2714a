"""The desk and the shop's page in real browsers at once, on a really running service."""
