"""The shop's systems behind the shop's own HTTP API (docs/systems.openapi.yml)."""
