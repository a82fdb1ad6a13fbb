"""Sweeps of network segments: which addresses are asked for, what came of it, what is stored of that."""
