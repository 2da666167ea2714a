"""A server that speaks the API of docs/systems.openapi.yml, to compare one's own with.

``python -m madoguchi.systems.reference`` runs it with the demo data. It is for trying things out
on the own machine, not for serving a shop.
"""

from madoguchi.systems.reference.app import create_reference_app

__all__ = ["create_reference_app"]
