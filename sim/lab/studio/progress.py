"""How far lives are, on stderr."""

import sys
import time
from typing import Any

from sim.lab.studio.lives import jobs
from sim.lab.studio.words import clock, say

DAY = 0.25  # seconds that a day of nano takes under mf on one core, about
EVERY = 5.0  # seconds between two lines


class Progress:
    """A forecast before the first life, then a line now and then with what is left."""

    def __init__(self, of: int, days: int, args: Any):
        self.of, self.lang, self.quiet = of, args.lang, args.quiet
        self.start = self.last = time.monotonic()
        seconds = DAY * days * -(-of // jobs(of))
        if not self.quiet and seconds > 20:
            self._say(say("about", self.lang, time=clock(seconds, self.lang)))

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if self.quiet or (done < self.of and now - self.last < EVERY):
            return
        self.last = now
        left = clock((now - self.start) / done * (self.of - done), self.lang)
        self._say(say("progress", self.lang, done=done, of=self.of, left=left))

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)
