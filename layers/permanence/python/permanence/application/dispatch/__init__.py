"""Missions: started, moved on by every answer and every deadline, told through the outbox."""
