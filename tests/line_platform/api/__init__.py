"""The Messaging API over HTTP: one endpoint behind one gate each."""
