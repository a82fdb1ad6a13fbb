"""vhost-toolkit: a cache and discovery toolkit that says which machine this is, and whether it is the only one."""

__version__ = "0.1.0"
