"""Scans of DNS: which zones and names are asked for of which servers, what came of it, what is stored of that."""
