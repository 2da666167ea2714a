"""The assistant's skills in an agent's hands: the same rules, changes and words, and a log."""
