"""A2, build a recommender: an agent beside random, popular and a reference mf, on the same seeds.

Watch time and satisfaction are told on a scale of their own on every seed, on which random is 0 and
the reference mf is 1, so that a rich world and a poor one count alike; a mark is for the mean over
seeds. Newcomers' exposure is told as a share of what random gives them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from agents.check import check_agent
from agents.slate_rules import ContractBroken
from sim.lab.assignments.cell import Fault, Limits
from sim.lab.assignments.hosts import host_for
from sim.lab.assignments.marks import BySeed, Failed, Figures, Room, of_fault
from sim.lab.assignments.remote import Remote, fault_of
from sim.lab.run.arm import Arm, Habits
from sim.presets.config import resolve
from sim.seats.guard import AgentFailed
from sim.seats.recommender.slate_check import BadSlate

WORLD, PLATFORM = "nano", "kuaishou"
TOLD = ("watch_minutes", "satisfaction", "newcomer_share")
BASE = ("random", "popular", "mf")
# On the scale from random to mf, over the seeds 500 to 503: popular reaches .67 to .80 of watch
# time, an agent that is a baseline's twin differs from it by chance alone (tests hold both).
ABOVE_RANDOM, ABOVE_POPULAR, ABOVE_MF = 0.2, 0.05, 0.02
REPEATS = ", or declare repeats = True"  # no cure here: nobody is shown a video twice
NEWCOMERS = 0.6  # of random's exposure of creators with fewer than 10 followers


class Recommender:
    name, file, suffix = "A2", "agent.py", ".py"
    public: tuple[int, ...] = (1, 2, 3)
    hidden, based, code = 4, True, True
    points: ClassVar[Mapping[str, float]] = {
        "contract": 20.0, "watch_random": 10.0, "watch_popular": 15.0, "watch_mf": 10.0,
        "satisfaction_random": 10.0, "satisfaction_popular": 15.0, "satisfaction_mf": 10.0,
        "newcomers": 10.0,
    }  # fmt: skip
    limits = Limits()
    size: ClassVar[Mapping[str, int]] = {"size.viewers": 500, "size.live": 800}
    days, first = 8, 2  # days lived, and the first of them that counts

    def base(self, seed: int) -> Figures:
        told = {name: self.lived(name, seed) for name in BASE}
        return {f"{name}.{key}": x for name, some in told.items() for key, x in some.items()}

    @contextmanager
    def room(self, text: str) -> Iterator[Room]:
        with host_for(self.limits) as host:
            room = Room(text, host)
            yield room
            room.walls = tuple(host.walls)

    def once(self, room: Room) -> dict[str, dict[str, Any] | None]:
        agent = Remote(room.host, room.text)
        try:
            check_agent(agent)
        except ContractBroken as error:
            return {"contract": _told(error)}
        except Fault as fault:
            return {"contract": of_fault(fault)}
        finally:
            agent.close()
        return {"contract": None}

    def sit(self, room: Room, seed: int) -> Figures:
        agent = Remote(room.host, room.text)
        try:
            return self.lived(agent, seed)
        except (AgentFailed, BadSlate, Fault) as error:
            raise Failed(_told(error)) from error
        finally:
            agent.close()
            room.printed = agent.cell.printed if agent.cell else room.printed

    def lived(self, agent: Any, seed: int) -> dict[str, float]:
        """Means of a world's days under an agent, without the first."""
        habits = Habits(label=agent if isinstance(agent, str) else self.file)
        arm = Arm(agent, resolve(WORLD, PLATFORM, self.size, None), seed, habits=habits)
        rows: dict[str, list[float]] = {key: [] for key in TOLD}
        for day in arm.run(self.days):
            for metric, group, value in day.measures if day.day >= self.first else ():
                if group == "all" and metric in rows:
                    rows[metric].append(value)
        return {key: sum(some) / len(some) for key, some in rows.items() if some}

    def values(self, figures: BySeed, base: BySeed) -> dict[str, tuple[float | None, float]]:
        found: dict[str, tuple[float | None, float]] = {}
        for word, key in (("watch", "watch_minutes"), ("satisfaction", "satisfaction")):
            own = _mean([_place(figures[s].get(key), base[s], key) for s in figures])
            popular = _mean([_place(base[s][f"popular.{key}"], base[s], key) for s in figures])
            assert popular is not None
            found[f"{word}_random"] = own, ABOVE_RANDOM
            found[f"{word}_popular"] = own, popular + ABOVE_POPULAR
            found[f"{word}_mf"] = own, 1.0 + ABOVE_MF
        shares = [figures[s].get("newcomer_share", 0.0) / base[s]["random.newcomer_share"]
                  for s in figures]  # fmt: skip
        watched, need = found["watch_random"]
        useful = watched is not None and watched >= need  # who shows at random starves nobody
        found["newcomers"] = _mean(shares) if useful else None, NEWCOMERS
        return found


def _place(value: float | None, base: Figures, key: str) -> float | None:
    """Where a value stands from random, 0, to mf, 1."""
    if value is None:
        return None
    low, high = base[f"random.{key}"], base[f"mf.{key}"]
    return (value - low) / (high - low)


def _mean(values: list[Any]) -> float | None:
    return None if not values or None in values else sum(values) / len(values)


def _told(error: BaseException) -> dict[str, Any]:
    """The student's own fault, or the rule of the platform that was broken."""
    fault = fault_of(error)
    text = str(error).replace(REPEATS, "")
    return of_fault(fault) if fault else {"kind": "refused", "text": text}
