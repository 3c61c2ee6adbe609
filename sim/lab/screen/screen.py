"""Progress on stderr and results on stdout: bars in a terminal and in Jupyter, lines elsewhere."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable

from sim.lab.run.arm import Day
from sim.lab.run.config import RunConfig
from sim.lab.run.record import MetricRow
from sim.lab.screen.phrases import say
from sim.lab.screen.tables import Table

EVERY = 2.0  # seconds between two plain lines


class Screen:
    """Says nothing; the others say it their way."""

    def __init__(self, lang: str = "en"):
        self.lang, self.of = lang, 0
        self.arms: list[tuple[int, str]] = []

    @contextlib.contextmanager
    def shown(self, plan: RunConfig) -> Iterator[None]:
        """The screen is up while the run goes on."""
        self.of = plan.days
        self.arms = [(seed, agent.label) for seed in plan.seeds for agent in plan.cast]
        yield

    @property
    def total(self) -> int:
        return self.of * len(self.arms)

    def reached(self, seed: int, agent: str, day: int) -> int:
        """Days done of all arms, those a resumed run had behind it included."""
        return self.arms.index((seed, agent)) * self.of + day + 1

    def day(self, seed: int, agent: str, day: Day, rows: list[MetricRow]) -> None:
        """A day is over."""

    def phase(self, key: str) -> None:
        """The days are over; something else begins."""


class Lines(Screen):
    """A line now and then, for files and pipes."""

    last = 0.0

    def day(self, seed: int, agent: str, day: Day, rows: list[MetricRow]) -> None:
        over = day.day + 1 == self.of
        if over or time.monotonic() - self.last > EVERY:
            self.last = time.monotonic()
            said = {"seed": seed, "agent": agent, "day": day.day + 1, "of": self.of}
            line = say("line", self.lang, minutes=minutes(rows), **said)
            print(line, file=sys.stderr, flush=True)


class Bar(Screen):
    """One bar over all days of all arms."""

    @contextlib.contextmanager
    def shown(self, plan: RunConfig) -> Iterator[None]:
        with super().shown(plan):
            columns = (
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                TextColumn("{task.fields[minutes]}"), TimeRemainingColumn(),
            )  # fmt: skip
            console = Console(stderr=True)
            with Progress(*columns, console=console, transient=True) as self.progress:
                self.task = self.progress.add_task("", total=self.total, minutes="")
                yield

    def day(self, seed: int, agent: str, day: Day, rows: list[MetricRow]) -> None:
        self.progress.update(
            self.task,
            completed=self.reached(seed, agent, day.day),
            description=say("running", self.lang, agent=agent, seed=seed),
            minutes=f"{minutes(rows):.2f} min",
        )

    def phase(self, key: str) -> None:
        self.progress.update(self.task, description=say(key, self.lang), minutes="")


class Notebook(Screen):
    """A bar in the cell's output, without widgets."""

    @contextlib.contextmanager
    def shown(self, plan: RunConfig) -> Iterator[None]:
        from IPython.display import HTML, display

        with super().shown(plan):
            self.html: Any = HTML
            self.place = display(HTML(""), display_id=True)
            try:
                yield
            finally:
                self.place.update(HTML(""))

    def day(self, seed: int, agent: str, day: Day, rows: list[MetricRow]) -> None:
        done = self.reached(seed, agent, day.day)
        text = say("running", self.lang, agent=agent, seed=seed)
        bar = f'<progress value="{done}" max="{self.total}"></progress>'
        self.place.update(self.html(f"{bar} {text}: {done} / {self.total}"))


def minutes(rows: list[MetricRow]) -> float:
    """The day's watch minutes per viewer."""
    return next(v for _, metric, group, v in rows if metric == "watch_minutes" and group == "all")


def in_jupyter() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"


def quiet_screen() -> Screen:
    return Screen()


def screen_for(lang: str = "en") -> Screen:
    """The screen that suits where stderr goes."""
    if in_jupyter():
        return Notebook(lang)
    return Bar(lang) if sys.stderr.isatty() else Lines(lang)


def show(table: Table) -> None:
    """The result on stdout: with lines in a terminal, plain elsewhere."""
    if not sys.stdout.isatty():
        print(table.text())
        return
    console = Console()  # it honours NO_COLOR
    grid = RichTable(title=table.title, box=box.SIMPLE, title_justify="left", title_style="")
    for i, name in enumerate(table.head):
        grid.add_column(name, justify="left" if i == 0 else "right")
    for row in table.rows:
        grid.add_row(*row)
    console.print(grid)
    for note in table.notes:
        console.print(note, markup=False, highlight=False)
