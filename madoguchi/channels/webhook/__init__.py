"""The generic signed webhook: any system can bring its customers (docs/webhook-channel.md)."""
