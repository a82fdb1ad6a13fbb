"""What a host is (INFO) and what it does now (SHOW): one shell script there, pure parsers here.

The script is sent to `sh -s` over the connection; nothing has to be installed on the host. It needs a POSIX
shell, awk, and a /proc file system; what else it looks for may be missing.
"""
