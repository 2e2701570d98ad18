"""From a malfunction to somebody who comes: the chain, its turns, and the words each is told."""
