"""`ctys-vdbgen`: fills a cache database from config trees, as the old tool did."""

from __future__ import annotations

from collections.abc import Sequence

from vhost import __version__
from vhost.cache.place import chosen
from vhost.cli.letters import parsed
from vhost.cli.outcome import show, tell
from vhost.cli.scanning import run_tree, tree_request
from vhost.collect import TreeRequest, set_aside_others
from vhost.errors import UsageError

_WORDS = ("base=", "cacheDB=", "append", "replace", "scan-all-states", "as-host=", "threads=")
HELP = """\
usage: ctys-vdbgen --base=PATH[%PATH...] [--cacheDB=DIR] [--append|--replace] [--scan-all-states]
                   [-T TYPE[,TYPE...]] [--as-host=NAME] [--threads=N] [-- localhost]

  --base         the trees to scan, separated by %
  --cacheDB, -p  the database directory
  --append       keep everything else that the database holds (the default)
  --replace      set aside every other machine scan, and enum.fdb, below DIR/replaced
Example: ctys-vdbgen --base=/etc/xen%/vmpool --cacheDB=/srv/vhost -- localhost
The same with long names: vhost scan tree --help"""


def run(arguments: Sequence[str]) -> int:
    """Scan as asked and return the exit code."""
    options, hosts = parsed("ctys-vdbgen", arguments, "T:p:hVX", _WORDS)
    given = {name.lstrip("-"): value for name, value in options}
    if {"h", "V"} & set(given):
        show([HELP if "h" in given else f"ctys-vdbgen (vhost-toolkit) {__version__}"])
        return 0
    _check(given, hosts)
    request = tree_request(
        [path for path in given["base"].split("%") if path],
        given.get("as-host"),
        [given["T"]] if "T" in given else None,
        _number(given.get("threads", "64")),
        scan_all_states="scan-all-states" in given,
        all_dirs=False,
    )
    database = given.get("cacheDB", given.get("p"))
    code = run_tree(request, database, store=True, lines=False)
    if "replace" in given and code == 0:
        _replace(request, database)
    elif "replace" in given:
        tell("nothing was replaced, because the scan is partial; what it found was added")
    return code


def _check(given: dict[str, str], hosts: Sequence[str]) -> None:
    if not given.get("base", "").strip("%"):
        raise UsageError("ctys-vdbgen", "--base is missing", "name the trees to scan: --base=PATH[%PATH]")
    if {"append", "replace"} <= set(given):
        raise UsageError("ctys-vdbgen", "--append and --replace exclude each other")
    remote = [host for host in hosts if host not in {"localhost", "127.0.0.1", "::1"}]
    if remote:
        raise UsageError(
            "ctys-vdbgen",
            f"cannot scan {remote[0]!r} from here",
            "run it there, or scan its mounted trees with --as-host",
        )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= 1024):
        raise UsageError("ctys-vdbgen", f"--threads takes a number from 1 to 1024, not {text!r}")
    return int(text)


def _replace(request: TreeRequest, database: str | None) -> None:
    for name in set_aside_others(request, chosen(database)[0]):
        tell(f"set aside: {name}")
