"""What the assistant knows: the topics it answers and the acts it can do, as data."""
