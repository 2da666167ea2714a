"""The website: the Chat API, version 1, its event stream, and the pages."""
