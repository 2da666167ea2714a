"""A page on which operators are LINE's customers: write, tap, block, and switch faults on."""
