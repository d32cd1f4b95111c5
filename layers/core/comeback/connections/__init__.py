"""What a company is connected with: its messengers, its book, its language model."""
