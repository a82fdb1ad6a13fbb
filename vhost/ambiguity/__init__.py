"""From words to one machine: which machines an address fits, and the shortest addresses that fit one alone."""
