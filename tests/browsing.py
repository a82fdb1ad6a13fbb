"""Chromium without a window, driven by its own driver, and a server that notes what a page asks for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # tests run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--window-size=1200,900",
)


@dataclass
class Browser:
    """A browser, and the page that it shows."""

    driver: webdriver.Chrome

    def open(self, address: str) -> None:
        """Open a page; what the logs say of earlier ones is dropped."""
        self.driver.get("about:blank")
        self.complaints()
        self.requests()
        self.driver.get(address)

    def cdp(self, command: str, **values: object) -> dict[str, Any]:
        answer: dict[str, Any] = self.driver.execute_cdp_cmd(command, values)
        return answer

    def script(self, text: str, *values: object) -> Any:  # noqa: ANN401 - whatever the script returns
        return self.driver.execute_script(text, *values)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def until(self, condition: Callable[[], object]) -> None:
        WebDriverWait(self.driver, 20, 0.05).until(lambda _: condition())

    def complaints(self) -> list[str]:
        """Return what the console has said since the last call."""
        return [str(entry["message"]) for entry in self._log("browser")]

    def _log(self, name: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.driver.get_log(name)  # type: ignore[no-untyped-call] # as selenium has it
        return entries

    def requests(self) -> list[str]:
        """Return what the browser has asked for since the last call."""
        said = (json.loads(entry["message"])["message"] for entry in self._log("performance"))
        return [str(one["params"]["request"]["url"]) for one in said if one["method"] == "Network.requestWillBeSent"]

    def rendered(self) -> str:
        """Return the text that is laid out, asked of the renderer and not of a script in the page."""
        snapshot = self.cdp("DOMSnapshot.captureSnapshot", computedStyles=[])
        strings = snapshot["strings"]
        return " ".join(strings[at] for at in snapshot["documents"][0]["layout"]["text"] if at >= 0)

    def theme(self, name: str) -> None:
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Return a browser that ends with the context."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in (*_ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        driver.set_page_load_timeout(60)
        yield Browser(driver)
    finally:
        driver.quit()


class _Answer(BaseHTTPRequestHandler):
    """Answers every request with one page, and notes the paths."""

    def __init__(self, page: bytes, asked: list[str], *arguments: Any) -> None:
        self._page, self._asked = page, asked
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self._asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(self._page)))
        self.end_headers()
        self.wfile.write(self._page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        """Say nothing on stderr."""


@dataclass
class Served:
    """A page on a port of this machine, and the paths that were asked for."""

    address: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def served(page: bytes) -> Iterator[Served]:
    """Return a page that is served until the context ends."""
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answer, page, asked))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}/audit.html", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
