"""The ways customers reach the shop: one folder per channel. Nothing imports from here."""
