"""The shop's systems in Madoguchi's own database: for demonstrations and shops without an API."""

from madoguchi.systems.embedded.systems import EmbeddedSystems

__all__ = ["EmbeddedSystems"]
