"""What is told outside of the chat: by e-mail and by signed webhook."""
