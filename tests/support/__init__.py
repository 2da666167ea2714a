"""What several tests need: an engine to command, servers, and a customer."""
