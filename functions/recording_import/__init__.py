"""Finished recordings: from the provider to our encrypted bucket, then deleted at the provider."""
