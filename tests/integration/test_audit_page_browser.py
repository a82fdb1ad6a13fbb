"""The page of the audit in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browsing import Browser, Served, chromium, served
from tests.commands import run, tree, xen

pytestmark = pytest.mark.integration

UUID = "6842caf9-1e3e-4324-9ed5-96b8b9f2c5c2"
OTHER = "d6f0e60c-2d36-4aa1-9ec9-2e15cfdc20f3"
EVIL = "<img src=x onerror=alert(1)>"
FILES = {
    "a/web01.cfg": xen("web01", UUID, "00:16:3e:00:00:01"),
    "a/web01.cfg.bak": xen("web01", UUID, "00:16:3e:00:00:01") + "# older\n",
    "b/evil.cfg": xen(EVIL, UUID, "00:16:3e:00:00:02"),
    "c/</script><script>alert(2)</script>.cfg": xen("db01", OTHER, "00:16:3e:00:00:03"),
    "c/db02.cfg": xen("db02", OTHER, "00:16:3e:00:00:04"),
    "d/mail.cfg": xen("mail01", mac="00:16:3e:00:00:05"),
    "e/mail.cfg": xen("mail01", mac="00:16:3e:00:00:06"),
}
TEXTS = ".badge, .note, .lead, .facts dt, th, td, i, em, small, code, mark, a, legend, .chip span, button, output, p"

CONTRAST = """
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const luminance = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
  .reduce((sum, c, at) => sum + c * [.2126, .7152, .0722][at], 0);
const back = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const color = parse(getComputedStyle(one).backgroundColor);
    if (color.length < 4 || color[3] === 1) return color;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility()).map((one) => {
  const [a, b] = [luminance(parse(getComputedStyle(one).color)), luminance(back(one))].sort((x, y) => y - x);
  return [(a + .05) / (b + .05), one.outerHTML.slice(0, 80)];
}).filter(([ratio]) => ratio < 4.5);
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the page of a small world, as the command writes it."""
    work = tmp_path_factory.mktemp("page")
    root = tree(work / "pool", FILES)
    assert run("vhost", "scan", "tree", "-p", work / "db", "--as-host", "lab00", root).returncode == 0
    assert run("vhost", "audit", "-p", work / "db", "--html", work / "audit.html").returncode == 0
    return (work / "audit.html").read_bytes()


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture(scope="module")
def place(page: bytes) -> Iterator[Served]:
    with served(page) as found:
        yield found


@pytest.fixture
def browser(chrome: Browser, place: Served) -> Browser:
    """Return the browser with the page fresh in it."""
    chrome.open(place.address)
    return chrome


def panels(browser: Browser) -> list[str]:
    """Return cause and key of the panels that are to be seen."""
    shown = "[...document.querySelectorAll('.panel')].filter((one) => one.checkVisibility())"
    return [
        str(one) for one in browser.script(f"return {shown}.map((one) => one.dataset.cause + ' ' + one.dataset.key)")
    ]


def tick(browser: Browser, kind: str, value: str) -> None:
    browser.one(f".chip:has(input[name={kind}][value={value}])").click()


def search(browser: Browser, text: str) -> None:
    browser.one("#search").clear()
    browser.one("#search").send_keys(text)


def test_the_page_opens_without_a_complaint_and_asks_for_nothing_else(chrome: Browser, page: bytes) -> None:
    with served(page) as own:
        chrome.open(own.address)
        chrome.script("document.querySelectorAll('.panel').forEach((one) => (one.open = true))")
        assert chrome.complaints() == []
        assert [url for url in chrome.requests() if not url.startswith("data:")] == [own.address]
        assert own.asked == ["/audit.html"]


def test_the_policy_of_the_page_stops_what_could_call_out(browser: Browser, place: Served) -> None:
    browser.script("const image = new Image(); image.src = '/stolen'; document.body.append(image)")
    browser.script(
        "const one = document.createElement('script'); one.textContent = 'window.ran = 1'; document.body.append(one)"
    )
    browser.until(lambda: len([text for text in browser.complaints() if "Content Security Policy" in text]) > 0)
    assert browser.script("return window.ran === undefined")
    assert "/stolen" not in place.asked


def test_a_label_that_looks_like_markup_stays_text(browser: Browser) -> None:
    assert browser.all("#panels img, #panels script, svg img") == []
    labels = [one.get_property("textContent") for one in browser.all(".panel th[scope=row]")]
    assert any(str(label).startswith(EVIL) for label in labels)
    assert "</script><script>alert(2)</script>.cfg" in str(browser.one("#panels").get_property("textContent"))


def test_filters_leave_what_was_ticked_and_say_how_many(browser: Browser) -> None:
    total = len(panels(browser))
    tick(browser, "cause", "clone")
    clones = panels(browser)
    tick(browser, "cause", "relabel")
    both = panels(browser)
    tick(browser, "key", "label")
    assert {one.split()[0] for one in clones} == {"clone"}
    assert {one.split()[0] for one in both} == {"clone", "relabel"}
    assert panels(browser) == ["relabel label"]
    assert browser.one("#shown").text == f"1 of {total} collisions"
    browser.one("button[type=reset]").click()
    browser.until(lambda: len(panels(browser)) == total)


def test_a_search_finds_words_anywhere_in_a_panel_even_in_a_closed_one(browser: Browser) -> None:
    browser.one("#fold").click()
    search(browser, "DB02 uuid")
    browser.until(lambda: panels(browser) == ["clone uuid"])
    search(browser, "nothing is called so")
    browser.until(lambda: panels(browser) == [])
    assert browser.one("#nothing").is_displayed()


def test_a_number_of_the_summary_leaves_what_it_counts(browser: Browser) -> None:
    number = browser.one(".summary a[data-cause=backup]")
    count = int(number.text)
    number.click()
    assert [one.split()[0] for one in panels(browser)] == ["backup"] * count


def test_a_machine_in_the_graph_leads_to_its_collision_also_by_the_keyboard(browser: Browser) -> None:
    browser.one("#fold").click()
    tick(browser, "cause", "relabel")
    card = browser.one("svg .card")
    target = str(card.get_dom_attribute("href"))[1:]
    browser.script("arguments[0].focus()", card)
    card.send_keys(Keys.ENTER)
    browser.until(lambda: browser.one(f"#{target}").get_property("open"))
    assert browser.one(f"#{target}").is_displayed()


def test_the_graph_has_a_card_for_each_machine_and_names_the_keys(browser: Browser) -> None:
    groups = [one.get_attribute("aria-label") for one in browser.all("svg")]
    assert sorted(str(one).split(":")[0] for one in groups) == ["2 machines", "2 machines", "3 machines"]
    assert {one.text for one in browser.all("svg .keys text")} >= {"uuid", "label"}
    assert all(one.accessible_name for one in browser.all("svg a"))


@pytest.mark.parametrize("broken", [False, True], ids=["clipboard", "fallback"])
def test_an_address_is_copied_as_it_stands(broken: bool, browser: Browser) -> None:
    if broken:
        browser.script("navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))")
    button = browser.one(".panel[open] button.copy")
    wanted = str(browser.one(".panel[open] td code").text)
    button.click()
    browser.until(lambda: button.text == "Copied")
    browser.one("#search").send_keys(Keys.CONTROL, "v")
    assert browser.one("#search").get_property("value") == wanted
    assert button.accessible_name == "Copied"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_stands_out_from_its_background(theme: str, browser: Browser) -> None:
    browser.theme(theme)
    dark = browser.script("return getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(18, 22, 28)") is (theme == "dark")
    assert browser.script(CONTRAST, TEXTS) == []


def test_a_narrow_window_needs_no_scrolling_to_the_side(browser: Browser) -> None:
    browser.cdp("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=True)
    try:
        assert browser.script("return document.documentElement.scrollWidth") <= 390
    finally:
        browser.cdp("Emulation.clearDeviceMetricsOverride")


def test_everything_is_there_without_scripts(chrome: Browser, place: Served) -> None:
    chrome.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        chrome.open(place.address)
        text = chrome.rendered()
    finally:
        chrome.cdp("Emulation.setScriptExecutionDisabled", value=False)
    assert [word for word in (EVIL, "l:db02", "WHAT EACH FILE SAYS", "Group 1", "Summary") if word not in text] == []
    assert [word for word in ("Search", "Copy", "Open all") if word in text] == []


def test_what_is_printed_has_the_closed_panels_too_and_no_buttons(browser: Browser) -> None:
    seen = "return ['.panel td code', '#unfold'].map((one) => document.querySelector(one).checkVisibility())"
    browser.one("#fold").click()
    on_screen = browser.script(seen)
    browser.cdp("Emulation.setEmulatedMedia", media="print")
    try:
        on_paper = browser.script(seen)
    finally:
        browser.cdp("Emulation.setEmulatedMedia", media="")
    assert (on_screen, on_paper) == ([False, True], [True, False])
