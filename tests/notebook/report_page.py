#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The pages of `qfleet report` in a headless browser: of runs, of sweeps, and of half a sweep.

    report_page.py QFLEET PROJECT [--screenshots DIR] [RESULT ...]

At the widths of a screen and of a phone, light and dark: nothing on the console, nothing from the
network, nothing wider than its window, every picture there, no text too small or too faint or on
top of another, links that lead somewhere; and on paper pages. With results it looks at their pages
instead of those that it makes. Without a browser it fails.
"""

import argparse
import base64
import html.parser
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from browser import Browser, find_browser

WIDTHS = {"wide": 1280, "phone": 390}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
        "track", "wbr"}
LENGTHS = {"d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height", "viewbox",
           "transform", "points"}
# pictures that a page has at least
LEAST_FIGURES = {"run": 6, "behavior": 16, "stopped": 6, "replay": 20, "sweep": 52, "half": 52,
                 "changed": 42}


class Strict(html.parser.HTMLParser):
    """Complains of tags that are not closed in their order, and of attributes that come twice."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"line {self.getpos()[0]}: <{tag}> has {names}"
        for name, value in attrs:
            assert not name.startswith("on"), f"line {self.getpos()[0]}: <{tag}> has {name}"
            assert name not in LENGTHS or not re.search("nan|inf", value or "", re.IGNORECASE), \
                f"line {self.getpos()[0]}: <{tag}> has {name}={value!r}"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, \
            f"line {self.getpos()[0]}: </{tag}> within {self.open[-3:]}"
        self.open.pop()

    def handle_entityref(self, name: str) -> None:
        assert name in {"amp", "lt", "gt", "quot"}, f"line {self.getpos()[0]}: &{name};"

    def handle_data(self, data: str) -> None:
        assert "&" not in data or "style" in self.open, \
            f"line {self.getpos()[0]}: a bare & in {data!r}"


def check_markup(path: str) -> None:
    """Balanced, and nothing in it that another parser would see otherwise."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    parser = Strict()
    parser.feed(text)
    parser.close()
    assert not parser.open, f"{path}: {parser.open} is not closed"
    network = re.search(r'(?:src|href|url\()\s*=?\s*["\']?(?:https?:|//)', text)
    assert not network, f"{path}: names the network"


def check_quiet(browser: Browser, where: str) -> None:
    """Nothing on the console, and no request but that for the page."""
    for event in browser.events:
        method, found = event.get("method"), event.get("params", {})
        said = {"Log.entryAdded": found.get("entry", {}).get("level"),
                "Runtime.consoleAPICalled": found.get("type")}.get(method)
        assert said not in ("error", "warning", "assert"), f"{where}: {found}"
        assert method != "Runtime.exceptionThrown", f"{where}: {found}"
        if method == "Network.requestWillBeSent":
            url = found["request"]["url"]
            own = url.startswith("data:") or url == found["documentURL"]
            assert own, f"{where}: asks for {url}"


def photograph(browser: Browser, folder: str | None, name: str) -> None:
    if folder:
        picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True)
        with open(os.path.join(folder, f"{name}.png"), "wb") as file:
            file.write(base64.b64decode(picture["data"]))


def check_on_paper(browser: Browser, folder: str | None, name: str) -> None:
    browser.call("Emulation.setEmulatedMedia", media="", features=[])
    data = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    pages = len(re.findall(rb"/Type\s*/Page\b", data))
    assert pages > 0 and len(data) > 10_000, f"{name}: {pages} pages, {len(data)} bytes of PDF"
    if folder:
        with open(os.path.join(folder, f"{name}.pdf"), "wb") as file:
            file.write(data)
    browser.call("Emulation.setEmulatedMedia", media="print", features=[])
    closed = browser.evaluate("[...document.querySelectorAll('details')].filter((e) => !e.open && "
                              "!e.closest('.screen-only') && "
                              "getComputedStyle(e, '::details-content').contentVisibility !== 'visible').length")
    assert closed == 0, f"{name}: {closed} details are closed on paper"


def look_at(browser: Browser, path: str, folder: str | None) -> dict:
    """Checks a page in every way, and returns what stands on it."""
    name = os.path.splitext(os.path.basename(path))[0]
    check_markup(path)
    with open(os.path.join(os.path.dirname(__file__), "report_page.js"), encoding="utf-8") as file:
        script = file.read()
    problems, found = [], {}
    for width_name, width in WIDTHS.items():
        for colours in ("light", "dark"):
            where = f"{name}-{width_name}-{colours}"
            browser.call("Emulation.setEmulatedMedia", media="screen",
                         features=[{"name": "prefers-color-scheme", "value": colours}])
            browser.open("file://" + os.path.abspath(path), width, 900)
            found = browser.evaluate(script)
            assert isinstance(found, dict)
            problems += [f"{where}: {problem}" for problem in found["problems"]]
            assert found["texts"] > 20, f"{where}: {found['texts']} texts"
            check_quiet(browser, where)
            photograph(browser, folder, where)
    check_on_paper(browser, folder, name)
    assert not problems, "\n".join(problems)
    return found


def report(qfleet: str, result: str, page: str, *options: str, code: int = 0) -> str:
    """Makes a page, and returns what the program said on standard error."""
    end = subprocess.run([qfleet, "report", result, "-o", page, *options], capture_output=True,
                         text=True, check=False)
    assert end.returncode == code, f"report {result}: exit code {end.returncode}: {end.stderr}"
    return end.stderr


def check_refusals(qfleet: str, folder: str) -> None:
    """What is no result gets a sentence and no page; what is no page is not replaced."""
    page = os.path.join(folder, "refused.html")
    text = os.path.join(folder, "notes.txt")
    with open(text, "w", encoding="utf-8") as file:
        file.write("not a result\n")
    for path in (text, folder, os.path.join(folder, "nowhere.h5"),
                 os.path.join(folder, "sweep.sweep", "shard-1-of-1.h5")):
        said = report(qfleet, path, page, code=3)
        assert path in said and len(said.splitlines()) == 1, said
        assert not os.path.exists(page) and not os.path.exists(page + ".partial"), path
    run = os.path.join(folder, "run.h5")
    with open(run, "rb") as file:
        before = file.read()
    assert "exists already" in report(qfleet, run, os.path.join(folder, "run.html"), code=2)
    assert "not a page" in report(qfleet, run, text, "--force", code=2)
    assert "not a page" in report(qfleet, run, run, "--force", code=2)
    with open(run, "rb") as file:
        assert file.read() == before
    assert report(qfleet, run, os.path.join(folder, "run.html"), "--force")
    damaged = os.path.join(folder, "damaged.h5")
    with open(damaged, "wb") as file:
        file.write(before[:len(before) // 2])
    assert damaged in report(qfleet, damaged, page, code=3)
    left = [name for name in os.listdir(os.environ["TMPDIR"]) if name.startswith("qfleet-report-")]
    assert not left, left


def make_changed(qfleet: str, project: str, folder: str, sweep: str) -> None:
    """A sweep whose parameter names a file, which says something else afterwards."""
    tracker = os.path.join(folder, "tracker.yaml")
    with open(os.path.join(project, "configs", "tracker", "robust.yaml"), encoding="utf-8") as file:
        text = file.read()
    with open(tracker, "w", encoding="utf-8") as file:
        file.write(text)
    scenario = os.path.join(project, "configs", "sweeps", "detection.yaml")
    subprocess.run([qfleet, "sweep", scenario, "-o", sweep, "--set", "sweep.cases=10", "--set",
                    "requirements=[]", "--set", f"groups[0].tracker={{file: {tracker}}}", "--set",
                    "sweep.parameters.tracker={path: 'groups[0].tracker.file', "
                    f"choice: [{tracker}]}}"], check=True, capture_output=True)
    assert "min_hits_to_confirm: 2" in text
    with open(tracker, "w", encoding="utf-8") as file:
        file.write(text.replace("min_hits_to_confirm: 2", "min_hits_to_confirm: 1"))


def check_cases(found: dict, name: str, page: str) -> None:
    """Cases that were run again say how they ended, and one that changed says so loudly."""
    cases = [title for title in found["sections"]
             if re.fullmatch(r"(The worst|A typical) case: \d+", title)]
    assert len(cases) == (2 if name in ("sweep", "half", "changed") else 0), found["sections"]
    with open(page, encoding="utf-8") as file:
        text = file.read()
    ended = re.findall(r'</span> ((?:Not s|S)uccessful)</p>', text)
    assert len(ended) == len(cases), f"{name}: {ended}"
    differ = [notice for notice in found["notices"] if "NOT reproduced: case" in notice]
    assert len(differ) == (2 if name == "changed" else 0), f"{name}: {found['notices']}"
    assert "qfleet-report-" not in text, f"{name}: names a file that is gone"


def make_results(qfleet: str, project: str, folder: str) -> dict[str, str]:
    """Runs, a replayed case, sweeps, of which one is unfinished and one changed, a stopped run."""
    made = {"behavior": os.path.join(folder, "behavior.h5"),
            "replay": os.path.join(folder, "replay.h5"),
            "changed": os.path.join(folder, "changed.sweep"),
            "run": os.path.join(folder, "run.h5"), "sweep": os.path.join(folder, "sweep.sweep"),
            "half": os.path.join(folder, "half.sweep"),
            "stopped": os.path.join(folder, "stopped.h5.partial")}
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    docking = os.path.join(project, "configs", "sweeps", "docking.yaml")
    patrol = os.path.join(project, "configs", "patrol.yaml")
    subprocess.run([qfleet, "run", patrol, "-o", made["run"], "--set", "time.duration_s=120"],
                   **quiet)
    # so few cases may well leave its requirements undecided, which ends with 1
    for name, options in (("sweep", []), ("half", ["--shard", "1/2"])):
        quiet["check"] = False
        subprocess.run([qfleet, "sweep", docking, "-o", made[name], "--set", "sweep.cases=400",
                        *options], **quiet)
        assert os.path.isdir(made[name]), name
    subprocess.run([qfleet, "replay", made["sweep"], "--case", "0", "-o", made["replay"]],
                   **quiet)
    subprocess.run([qfleet, "run", os.path.join(project, "configs", "behavior.yaml"), "-o",
                    made["behavior"], "--set", "time.duration_s=120"], **quiet)
    make_changed(qfleet, project, folder, made["changed"])
    stopped = subprocess.Popen([qfleet, "run", patrol, "-o", os.path.join(folder, "stopped.h5"),
                                "--set", "time.duration_s=1000000"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # a signal that comes before it listens would end it at once
    while not os.path.exists(made["stopped"]) or os.path.getsize(made["stopped"]) < 1_000_000:
        assert stopped.poll() is None, "the run ended by itself"
        time.sleep(0.05)
    stopped.send_signal(signal.SIGTERM)
    assert stopped.wait(60) == 75
    return made


def check_made(qfleet: str, project: str, browser: Browser, screenshots: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder
        made = make_results(qfleet, project, folder)
        for name, result in made.items():
            page = os.path.join(folder, f"{name}.html")
            report(qfleet, result, page)
            found = look_at(browser, page, screenshots)
            assert found["figures"] >= LEAST_FIGURES[name], f"{name}: {found['figures']} pictures"
            noticed = name in ("half", "stopped", "changed")
            assert bool(found["notices"]) == noticed, f"{name}: {found['notices']}"
            assert "Where this comes from" in found["sections"], found["sections"]
            check_cases(found, name, page)
            assert os.path.getsize(page) < 3_000_000, f"{name}: {os.path.getsize(page)} bytes"
        check_refusals(qfleet, folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("qfleet")
    parser.add_argument("project")
    parser.add_argument("results", nargs="*")
    parser.add_argument("--screenshots", metavar="DIR",
                        help="keep pictures and paper for people to look at")
    arguments = parser.parse_intermixed_args()
    program = find_browser()
    if program is None:
        print("no headless browser is installed: scripts/setup.sh installs the package "
              "chromium-headless-shell", file=sys.stderr)
        return 1
    qfleet = os.path.abspath(arguments.qfleet)
    if arguments.screenshots:
        os.makedirs(arguments.screenshots, exist_ok=True)
    with Browser(program) as browser:
        if not arguments.results:
            check_made(qfleet, arguments.project, browser, arguments.screenshots)
        for result in arguments.results:
            with tempfile.TemporaryDirectory() as folder:
                stem = os.path.splitext(os.path.basename(result.rstrip("/")))[0]
                page = os.path.join(folder, f"{stem}.html")
                report(qfleet, result, page)
                found = look_at(browser, page, arguments.screenshots)
                print(f"{result}: {found['verdict']!r}, {found['figures']} pictures, "
                      f"{os.path.getsize(page)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
