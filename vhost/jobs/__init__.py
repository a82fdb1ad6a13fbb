"""Jobs of the configuration: when each is due, what became of it, and many at a time."""
