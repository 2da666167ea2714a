"""Files that customers send: fetched from their platform, checked by content, kept for people."""
