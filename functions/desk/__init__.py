"""The desk of téléconseillers and supervisors: who waits, the call, the guide, the fiche, the mission."""
