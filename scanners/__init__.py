"""Scanners: one module for each source of records."""
