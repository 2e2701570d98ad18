"""The landlord's data put in force and searched."""
