"""What Habitat 70 reads: the day, calls, mains courantes, recordings, reports (R53)."""
