"""Speed and memory, measured on this machine: ``make bench``."""
