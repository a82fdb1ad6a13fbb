"""Renderers: selected records to tables, field lists and typed formats."""
