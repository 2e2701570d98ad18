"""The purge, and its proof."""
