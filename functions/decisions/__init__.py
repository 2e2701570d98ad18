"""What Habitat 70 and supervisors decide: the living documents, proposed, approved, rolled back."""
