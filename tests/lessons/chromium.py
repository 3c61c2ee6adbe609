"""A page in a headless Chromium, by its DevTools protocol: go, ask, press, touch, look."""

import base64
import itertools
import json
import subprocess
import time
import urllib.request
from pathlib import Path

import websocket

from sim.lab.teaching.rendering import browser

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-extensions --hide-scrollbars --remote-debugging-port=0"
)

CODES = {"ArrowLeft": 37, "ArrowRight": 39, "ArrowDown": 40, "Tab": 9, "Enter": 13, " ": 32}


class Page:
    """One page of a browser of its own; use it in a `with`."""

    def __init__(self, folder: Path, width: int = 1280, height: int = 900, touch: bool = False):
        self.profile, self.size, self.touch = folder / "profile", (width, height), touch
        self.numbers = itertools.count(1)

    def __enter__(self):
        command = [browser(), *FLAGS.split(), f"--user-data-dir={self.profile}", "about:blank"]
        self.program = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        port = self._port()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            pages = [page for page in json.load(answer) if page["type"] == "page"]
        self.socket = websocket.create_connection(
            pages[0]["webSocketDebuggerUrl"], timeout=300, suppress_origin=True
        )
        width, height = self.size
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=self.touch)  # fmt: skip
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        if self.touch:
            self.call("Emulation.setTouchEmulationEnabled", enabled=True)
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.program.terminate()
        self.program.wait(20)

    def _port(self) -> int:
        place = self.profile / "DevToolsActivePort"
        for _ in range(300):
            if place.exists() and (lines := place.read_text().split()):
                return int(lines[0])
            time.sleep(0.2)
        raise TimeoutError("chromium did not open its port within a minute")

    def call(self, method: str, **params):
        """One command of the protocol, and its answer."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def go(self, address: str) -> None:
        self.call("Page.navigate", url=address)

    def ask(self, script: str):
        """The value of an expression; promises are awaited."""
        answer = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, script: str, seconds: float = 400):
        """Waits until an expression holds; returns its value."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if value := self.ask(script):
                    return value
            except AssertionError:
                pass  # the page is still being built
            time.sleep(0.3)
        raise TimeoutError(f"not within {seconds} s: {script}; {self.ask('document.title')}")

    def middle(self, selector: str, number: int = 0) -> tuple[float, float]:
        """Where an element is, once it is there and in sight."""
        at = f"document.querySelectorAll({json.dumps(selector)})[{number}]"
        self.until(f"!!{at}", 60)
        self.ask(f"{at}.scrollIntoView({{block: 'center'}})")
        time.sleep(0.2)
        box = self.ask(
            f"(b => [b.x + b.width / 2, b.y + b.height / 2])({at}.getBoundingClientRect())"
        )
        return tuple(box)

    def click(self, selector: str, number: int = 0) -> None:
        x, y = self.middle(selector, number)
        self._mouse("mousePressed", x, y)
        self._mouse("mouseReleased", x, y)

    def tap(self, selector: str, number: int = 0) -> None:
        """With a finger."""
        self._finger("touchStart", [self.middle(selector, number)])
        self._finger("touchEnd", [])

    def drag(self, selector: str, by: float, down: float = 0.0) -> None:
        """With the mouse, sideways or downwards."""
        x, y = self.middle(selector)
        self._mouse("mousePressed", x, y)
        for step in (0.3, 0.7, 1.0):
            self._mouse("mouseMoved", x + by * step, y + down * step)
        self._mouse("mouseReleased", x + by, y + down)

    def _mouse(self, kind: str, x: float, y: float) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1,
                  clickCount=1)  # fmt: skip

    def swipe(self, selector: str, by: float, down: float = 0.0) -> None:
        """With a finger, sideways or downwards."""
        x, y = self.middle(selector)
        self._finger("touchStart", [(x, y)])
        for step in (0.3, 0.7, 1.0):
            self._finger("touchMove", [(x + by * step, y + down * step)])
        self._finger("touchEnd", [])

    def _finger(self, kind: str, points) -> None:
        places = [{"x": x, "y": y} for x, y in points]
        self.call("Input.dispatchTouchEvent", type=kind, touchPoints=places)

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            code = CODES.get(key, 0)
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      windowsVirtualKeyCode=code)  # fmt: skip

    def write(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def media(self, **features: str) -> None:
        """What the page is told of its user's wishes: prefers_color_scheme="dark"."""
        told = [{"name": n.replace("_", "-"), "value": v} for n, v in features.items()]
        self.call("Emulation.setEmulatedMedia", features=told)

    def picture(self, place: Path) -> None:
        place.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))
