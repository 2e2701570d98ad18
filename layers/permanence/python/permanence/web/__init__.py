"""What the pages share: frame, session, formats."""
