"""SQL of collisions: which machines share a key, and why. Text only; `vhost.cache` and `vhost.ambiguity` run it."""
