"""What an agent sees and does: the post, the call, the fiche, the mission."""
