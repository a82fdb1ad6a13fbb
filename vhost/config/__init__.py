"""The configuration: one TOML file that names databases, jobs of `vhost scan` and limits of age."""
