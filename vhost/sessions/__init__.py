"""LIST: sessions that exist now: guests, VNC servers and viewers, tunnels, and the host itself."""
