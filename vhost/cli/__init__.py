"""The command line: `vhost` and the drop-in `ctys-*` doors."""
