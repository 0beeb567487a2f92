"""What an answer is asked afterwards: why, what would have to change, which rules clash, what a cut does."""
