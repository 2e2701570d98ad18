"""How long anything with a name in it may be kept."""
