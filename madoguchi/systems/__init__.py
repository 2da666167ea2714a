"""The shop's systems: orders, rentals and stores, embedded or behind the shop's own API."""
