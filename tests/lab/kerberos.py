"""A Kerberos realm of the tests' own: a key server on loopback, one account with a key, and a root that trusts it.

    with kerberos_host("acue") as lab:
        lab.host("lab00", user="acue")
        lab.ticket()

The server, its files and /root live in the namespaces of the ssh server and end with it. Needs root.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.ssh_server import Server, server

REALM = "LAB.TEST"


@dataclass(frozen=True, slots=True)
class KerberosHost:
    """A running host whose root the principal of one account may become."""

    server: Server
    account: str
    directory: Path

    def ticket(self) -> None:
        """Get a ticket for the account."""
        self._run(f"kinit -k -t {self.directory}/account.keytab {self.account}@{REALM}")

    def no_ticket(self) -> None:
        """Destroy the ticket."""
        self._run("kdestroy -q || true")

    def _run(self, command: str) -> None:
        words = ["ssh", "-F", str(self.server.config), "lab-itself", command]
        done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr


@contextmanager
def kerberos_host(account: str) -> Iterator[KerberosHost]:
    """Give a running host and end it afterwards."""
    with tempfile.TemporaryDirectory(prefix="vhost-krb-", dir="/tmp") as place:  # the account must reach it
        directory = Path(place)
        directory.chmod(0o777)
        port = _free_port()
        (directory / "kdc.conf").write_text(_KDC.format(realm=REALM, port=port, place=place))
        client = _CLIENT.format(realm=REALM, port=port, place=place, host=os.uname().nodename)
        script = _SERVICES.format(realm=REALM, place=place, account=account)
        with server(accounts={account: ""}, mounts={"/etc/krb5.conf": client}, services=[script]) as made:
            made.host("lab-itself", user=account)
            yield KerberosHost(made, account, directory)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_CLIENT = """[libdefaults]
 default_realm = {realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 default_ccache_name = FILE:{place}/cc_%{{uid}}
 default_keytab_name = FILE:{place}/keytab
[realms]
 {realm} = {{
  kdc = 127.0.0.1:{port}
 }}
[domain_realm]
 {host} = {realm}
"""
_KDC = """[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = ""
[realms]
 {realm} = {{
  database_name = {place}/principal
  key_stash_file = {place}/stash
  acl_file = {place}/acl
 }}
"""
_SERVICES = """export KRB5_KDC_PROFILE={place}/kdc.conf
kdb5_util create -s -r {realm} -P none
kadmin.local -q "addprinc -randkey host/$(hostname)"
kadmin.local -q "addprinc -randkey {account}"
kadmin.local -q "ktadd -k {place}/keytab host/$(hostname)"
kadmin.local -q "ktadd -k {place}/account.keytab {account}"
chown {account} {place}/account.keytab
/usr/sbin/krb5kdc -n -P {place}/kdc.pid &
i=0; until kinit -c {place}/probe -k -t {place}/account.keytab {account}; do
  i=$((i+1)); [ $i -lt 100 ] || exit 1; sleep 0.05
done
mount -t tmpfs tmpfs /root
echo {account}@{realm} >/root/.k5login
"""
