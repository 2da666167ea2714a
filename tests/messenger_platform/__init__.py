"""A stand-in for Meta's messengers: webhooks, Send API and file servers as Meta documents them.

It knows nothing of the service it talks to.
"""
