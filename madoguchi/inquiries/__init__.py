"""お問い合わせ: what a person at the shop has to answer, and by when."""
