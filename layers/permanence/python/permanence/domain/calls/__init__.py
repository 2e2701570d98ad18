"""What a call is: a fold of everything the provider and the agents told of it."""
