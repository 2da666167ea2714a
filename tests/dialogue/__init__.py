"""What the skills stand on."""
