"""`python -m vhost`: the same as the command `vhost`."""

from vhost.cli.main import main

if __name__ == "__main__":
    main()
