"""The landlord's data decided of, put in force and searched."""
