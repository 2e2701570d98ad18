"""Reads the files that Habitat 70 sends, and proposes what they say."""
