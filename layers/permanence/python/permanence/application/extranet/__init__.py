"""What Habitat 70 reads: today, lists, figures, recordings, reports."""
