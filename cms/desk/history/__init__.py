"""What a story was: its history, the difference between two moments, and putting back."""
