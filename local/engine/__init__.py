"""The whole system on one machine: the local AWS engine, the telephone operator, and the same cloud assembly."""
