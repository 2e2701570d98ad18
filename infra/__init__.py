"""The cloud of one landlord, as CDK: one short file per capability."""
