"""What the assistant's skills stand on: what was heard, what is known, what is asked next."""
