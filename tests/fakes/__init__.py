"""Stand-ins for every port: they keep state, tests look at the state, and they know the unhappy paths too."""
