"""The shop's business rules as pure functions: no I/O, and the time is always passed in."""
