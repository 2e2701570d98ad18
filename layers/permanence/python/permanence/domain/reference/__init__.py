"""What the landlord's data say: when it is open, who lives where, who repairs what, who is on call."""
