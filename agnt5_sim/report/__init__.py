"""What came of lives, said in several ways."""
