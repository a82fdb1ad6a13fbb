"""Consoles of guests: CLI in this terminal, XTERM, GTERM, EMACS and its kin, VNC; or NONE."""
