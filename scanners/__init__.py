"""Scanners: one module for each source of records; `scanners.formats` lists the configuration formats."""
