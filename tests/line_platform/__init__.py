"""A stand-in for the LINE platform that behaves as LINE documents, for tests and for operators.

It signs and sends webhooks as LINE does, answers the Messaging API as LINE does, and can be made
to fail in all the ways LINE can. It knows nothing of the bot it talks to.
"""
