"""The desk: support agents, their queue, and who owns a conversation."""
