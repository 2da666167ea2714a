"""The service's tests: they mirror the source tree and use the real parts."""
