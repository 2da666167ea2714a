"""Facebook Messenger and Instagram: two products of Meta behind one kind of webhook and API."""
