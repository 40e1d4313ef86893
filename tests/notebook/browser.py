# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, driven over two pipes by the DevTools protocol.

Messages are JSON, each with a zero byte behind it: the browser reads them from its descriptor 3 and
writes them to its descriptor 4, so that no port is opened and no library is needed.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


class BrowserError(RuntimeError):
    """The browser ended, did not answer, or refused what was asked of it."""


def find_browser() -> str | None:
    """The program of the first browser that is installed."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """One browser with one page, as a context manager that ends it and removes its profile."""

    def __init__(self, program: str, timeout_s: float = 60.0) -> None:
        self.timeout_s = timeout_s
        self.events: list[dict] = []
        self._profile = tempfile.mkdtemp(prefix="browser-")
        self._rest = b""
        self._last_id = 0
        self._session: str | None = None
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()

        def place_pipes() -> None:
            # what is inherited stands at 3 and 4, and neither move may overwrite the other's source
            reading, writing = os.dup(to_browser), os.dup(from_browser)
            high_reading, high_writing = os.dup2(reading, 100), os.dup2(writing, 101)
            os.dup2(high_reading, 3)
            os.dup2(high_writing, 4)
            for descriptor in (reading, writing, high_reading, high_writing):
                if descriptor not in (3, 4):
                    os.close(descriptor)

        # as root, which containers often are, its sandbox does not start; their /dev/shm is small
        self._process = subprocess.Popen(
            [program, "--remote-debugging-pipe", "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
             "--disable-background-networking", f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False,
            preexec_fn=place_pipes, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the browser, which has a group of processes of its own."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method: str, **parameters: object) -> dict:
        """What a method of the protocol answers."""
        self._last_id += 1
        message: dict = {"id": self._last_id, "method": method, "params": parameters}
        if self._session and not method.startswith("Target."):
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + self.timeout_s
        while True:
            answer = self._receive(deadline, method)
            if answer.get("id") == self._last_id:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error'].get('message')}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, event: str) -> dict:
        """The first event of that name among those that were not asked for yet."""
        deadline = time.monotonic() + self.timeout_s
        while True:
            for i, message in enumerate(self.events):
                if message.get("method") == event:
                    return self.events.pop(i)["params"]
            self.events.append(self._receive(deadline, event))

    def evaluate(self, expression: str) -> object:
        """The value of JavaScript, which has to be one that JSON can hold."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"].get("exception", answer)))
        return answer["result"].get("value")

    def open(self, url: str, width: int, height: int) -> None:
        """Loads a page into a window of that many pixels of CSS."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)
        self.events.clear()
        self.call("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def _receive(self, deadline: float, waited_for: str) -> dict:
        while b"\0" not in self._rest:
            left = deadline - time.monotonic()
            if left <= 0.0 or not select.select([self._in], [], [], left)[0]:
                raise BrowserError(f"the browser did not answer {waited_for} in {self.timeout_s} s")
            data = os.read(self._in, 1 << 20)
            if not data:
                raise BrowserError(f"the browser ended while {waited_for} was waited for")
            self._rest += data
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)
