"""What commands need of this host: programs, modules, capabilities, paths; found or missing, and how to get it."""
