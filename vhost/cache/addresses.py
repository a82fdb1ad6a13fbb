"""The normal forms of addresses that SQL alone cannot make: IPv6 in its many spellings."""

from __future__ import annotations

import duckdb

from vhost.normal import address


def forms_of_addresses(con: duckdb.DuckDBPyConnection, spellings: str) -> bool:
    """Make the table `address_form` for the values of a query that are no plain dotted quad; return if any are."""
    con.execute("CREATE OR REPLACE TEMP TABLE address_form (spelling VARCHAR PRIMARY KEY, form VARCHAR)")
    odd = f"SELECT DISTINCT spelling FROM ({spellings}) WHERE regexp_matches(spelling, '[:\\[ ]')"
    forms = {spelling: form for (spelling,) in con.execute(odd).fetchall() if (form := address(spelling))}
    if forms:
        con.execute("INSERT INTO address_form SELECT unnest(?), unnest(?)", [list(forms), list(forms.values())])
    return bool(forms)
