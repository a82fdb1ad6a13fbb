from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanners.dns.keys import Key, chosen, parsed
from vhost.errors import SourceMissing, UsageError

KEY = 'key "transfer.lab." { algorithm hmac-sha256; secret "c2VjcmV0"; };'


def test_a_key_of_bind_is_read() -> None:
    assert parsed(KEY, "file") == [Key("transfer.lab", "hmac-sha256", b"secret")]


def test_quotes_case_and_comments_do_not_matter() -> None:
    text = (
        "// made by hand\n# really\nkey transfer.lab {/* the old one */ secret c2VjcmV0;\nalgorithm HMAC-SHA256; };\n"
    )
    assert parsed(text, "file") == parsed(KEY, "file")


def test_what_tsig_keygen_makes_is_what_dnspython_takes() -> None:
    key = parsed(KEY.replace("hmac-sha256", "hmac-md5"), "file")[0].tsig()
    assert (str(key.name), key.secret, str(key.algorithm)) == ("transfer.lab.", b"secret", "hmac-md5.sig-alg.reg.int.")


def test_several_keys_need_a_choice(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(KEY + KEY.replace("transfer", "other"))
    assert chosen(path, "other.lab.").name == "other.lab"
    with pytest.raises(UsageError, match=r"2 keys: transfer\.lab, other\.lab; choose one with --key-name"):
        chosen(path)
    with pytest.raises(UsageError, match="holds no key 'third'"):
        chosen(path, "third")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "holds no key"),
        ("zone { };", "'key' expected"),
        ('key "a" { secret "c2VjcmV0"; };', "an algorithm"),
        ('key "a" { algorithm hmac-sha3; secret "c2VjcmV0"; };', "an algorithm"),
        ('key "a" { algorithm hmac-sha256; };', "a secret in base64"),
        ('key "a" { algorithm hmac-sha256; secret "not base64!"; };', "a secret in base64"),
        ('key "a" { algorithm hmac-sha256; secret "c2VjcmV0"; }', "';' expected"),
        ('key "a" { algorithm hmac-sha256; secret "c2VjcmV0"', "';' expected"),
        ('key "a" { algorithm hmac-sha256; algorithm hmac-sha256; };', "each once"),
        ('key "a" { include "/etc/shadow"; };', "algorithm and secret"),
        ('key { algorithm hmac-sha256; secret "c2VjcmV0"; };', "the name of a key"),
        ('key "a\n" { };', "a word, a string"),
        ("key /* open", "a word, a string"),
    ],
)
def test_a_broken_key_file_is_one_line_that_says_what_is_expected(tmp_path: Path, text: str, wanted: str) -> None:
    path = tmp_path / "keys"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        chosen(path)
    assert wanted in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_secret_never_stands_in_a_message_or_a_repr() -> None:
    with pytest.raises(UsageError) as caught:
        parsed('key "a" { algorithm hmac-sha256; secret "dG9wIHNlY3JldA=="; tail', "file")
    assert "dG9wIHNlY3JldA" not in str(caught.value)
    assert "secret'" not in repr(parsed(KEY, "file")[0])


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(UsageError, match="no regular file"):
        chosen(tmp_path / "fifo")
    with pytest.raises(SourceMissing, match="cannot be read: No such file"):
        chosen(tmp_path / "missing")
    (tmp_path / "large").write_bytes(b" " * 70_000)
    with pytest.raises(UsageError, match="more than 65536 bytes"):
        chosen(tmp_path / "large")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_keys_or_a_complaint(text: str) -> None:
    try:
        keys = parsed(text, "file")
    except UsageError:
        return
    assert not keys or "key" in text
