"""What the reception is and decides: pure, no clock, no environment, no I/O."""
