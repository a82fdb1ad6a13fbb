from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scanners.xen_settings import MOST_STATEMENTS, read

# `\\x80` and above are bytes to xl and xm, characters to Python 3: left to the table above.
PRINTABLE = st.text(st.one_of(st.characters(codec="ascii"), st.sampled_from("äß漢😀")), max_size=40)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("a = 'x' \"y\"", "xy"),
        ('a = """x\ny"""', "x\ny"),
        ("a = '''it's'''", "it's"),
        ("a = r'\\d' u'e'", "\\de"),
        ("a = '\\d\\x41\\101\\n'", "\\dAA\n"),
        ("a = '\\xc3\\xa4'", "ä"),
        ("a = '\\xe4'", "\udce4"),
        ("a = 'x' + \\\n 'y'", "xy"),
        ("b = 'x'; a = b + 'y' + b", "xyx"),
        ("b = 'x'\na = '%s-%03d%%' % (b, 7)", "x-007%"),
        ("a = 2 * 512 - 24", 1000),
        ("a = -1", -1),
        ("a = 512L", 512),
        ("a = 0x200", "0x200"),
        ("a = 0644", "0644"),
        ("a = 12ab", "12ab"),
        ("a = True", 1),
        ("a = [ 1, ('x', [ ]), # no\n  'y', ]", [1, ["x", []], "y"]),
        ("a = { 'x': 1, 'y': 'z' }", {"x": 1, "y": "z"}),
        ("a = b = 'x'", "x"),
        ("b, a = 1, 'x'", "x"),
        ("a = 'x'\na = 'y'", "y"),
        ("a = ['x']\na += ['y']", ["x", "y"]),
        ("a += 'x'", "x"),
        ("a = ['x']\na.append('y')\na.extend(['z'])", ["x", "y", "z"]),
        ("  a = 1\n\tb = 2", 1),
        ("if 1:\n    b = 2\na = 1", 1),
        ("def f(): return\na = 1", 1),
        ("@f(a=2)\ndef g():\n    a = 3\na = 1", 1),
    ],
)
def test_a_literal_has_its_value(source: str, value: object) -> None:
    assert read(source).values["a"] == value


@pytest.mark.parametrize(
    "source",
    [
        "a = f()",
        "a = f'x{1}'",
        "a = None",
        "a = b",
        "a = 'x' + 1",
        "a = 'x' * 1000",
        "a = '%1000000d' % 1",
        "a = '%d' % 'x'",
        "a = '%s %s' % 'x'",
        "a = 9999999999999999999 * 9",
        "a = 9000000000000000000 * 9",
        "a = lambda: 1",
        "a = " + "(" * 300 + ")" * 300,
        "a = " + "-" * 5000 + "1",
        "a = 1" + "+1" * 5000,
        "a = 512 MB",
        "a = 1\na = f()",
        "a = 1\ndel a",
        "a = 1\nfrom b import a",
        "a = 1\nif b: a = 2",
        "a = 1\nif b:\n  pass\nelse:\n  a = 2",
        "a = 1\nfor a in b: pass",
        "a = 1\nfor b in c: pass; a = 2",
        "a = 1\ntry:\n  f()\nexcept OSError as e:\n  a = 2",
        "a = 1\nwith b as a: pass",
        "a = 1\nif b:\n  print 'x'; a = 2",
        "a = 1\ndef f():\n  global a",
        "(a, b) = c",
    ],
)
def test_what_only_code_could_tell_is_left_out(source: str) -> None:
    assert "a" not in read(source).values


def test_a_name_that_doubles_itself_stays_small() -> None:
    text = "a = 'xxxxxxxxxx'\nb = [1, 2]\n" + "a = a + a\nb = b + b\n" * 1000
    assert read(text).values == {}


@given(
    value=st.recursive(st.one_of(PRINTABLE, st.integers(-(2**60), 2**60)), lambda inner: st.lists(inner, max_size=4))
)
def test_every_python_literal_has_its_value(value: object) -> None:
    assert read(f"a = {value!r}\n").values["a"] == value


def test_a_file_of_very_many_statements_is_not_read_to_its_end() -> None:
    found = read("a = 1\n" * MOST_STATEMENTS + "a = 2\n")
    assert (found.values["a"], found.unreadable[0].line) == (1, MOST_STATEMENTS + 1)


LINES = st.one_of(
    PRINTABLE.map(repr), st.integers(0, 10**20).map(str), st.lists(PRINTABLE | st.integers(0, 9)).map(repr)
)


@given(value=LINES | st.text("'\"[], 0159ax\\#", max_size=12), indent=st.sampled_from(["", " ", "\t"]))
def test_a_line_that_is_read_at_once_says_what_it_says_taken_apart(value: str, indent: str) -> None:
    assume(not value.endswith("\\"))  # at the end of a line it joins it with the next, before `;` it does not
    at_once, apart = (
        read(f"{indent}a = {value}\n"),
        read(f"{indent}a = {value} ;\n" if "#" not in value else f";a = {value}\n"),
    )
    assert (at_once.values, at_once.lines) == (apart.values, apart.lines)
