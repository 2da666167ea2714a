"""The LINE channel in the running service, against the platform's stand-in, over real HTTP."""
