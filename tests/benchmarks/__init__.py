"""The pure parts of what measures."""
