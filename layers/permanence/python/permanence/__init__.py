"""Permanence: the outsourced telephone reception of a social landlord."""
