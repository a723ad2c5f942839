// Walking a round with a script.
