"""Madoguchi (窓口): customer support that a shop runs itself."""

__version__ = "1.0.0"
