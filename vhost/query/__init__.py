"""The query language of ctys-vhost: macros, terms, selection, output choice."""
