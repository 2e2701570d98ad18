"""What happens when it goes wrong: each test takes something away at the worst moment, and looks at what is left."""
