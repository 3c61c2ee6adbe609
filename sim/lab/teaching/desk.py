"""A moderator's desk: videos that wait to be judged, by what a platform knows of each before it is
opened, and what a learner made of them.

A platform under attack runs for some days with moderation that looks on and takes nothing down.
Then a few videos are laid out: some that the machine suspects, some with most reports, some with
most views, some drawn by lot. What they are is hidden until all are judged.
"""

from dataclasses import dataclass

import pandas as pd
import torch
from jaxtyping import Int
from torch import Tensor

from sim.lab.run.arm import Arm
from sim.lab.teaching import playing
from sim.lab.teaching.newcomer import Cards
from sim.lab.teaching.playing import Played
from sim.lab.teaching.words import Book
from sim.presets.config import resolve
from sim.world.rng import key, streams
from sim.world.state import COUNTS, HARMS, World, row_of

(DESK,) = streams("lesson desk", "desk")
LANES = ("machine", "reports", "views", "lot")  # why a video lies on the desk
EACH = 4  # videos of each lane
DAYS = 8
RECENT = 5  # days: what is older is hardly shown any more
ACTS = ("remove", "review", "limit", "label", "gate", "demonetise")
WATCHED = {  # moderation that only looks on
    "threats": "high", "policy.hours": 0.0, "policy.sweep": 0.0,
    **{f"policy.{harm}.{act}": 1.0 for harm in HARMS for act in ACTS},
}  # fmt: skip
SAYS = Book("lesson_09")


@dataclass(frozen=True)
class Desk:
    """The videos on the desk, in the order in which they are judged."""

    video: Int[Tensor, " cards"]  # ids
    lane: list[str]
    topic: list[int]
    duration: list[float]  # seconds
    score: list[float]  # the machine's highest, over kinds of harm
    reports: list[int]
    views: list[int]
    followers: list[int]  # of its creator
    harmful: list[bool]  # hidden until judged


def deal(world: str, seed: int, device: str = "cpu", days: int = DAYS) -> Desk:
    """Lets a platform run, and lays out what a desk would see of it."""
    arm = Arm("popular", resolve(world, settings={**WATCHED, "size.live": 3000}), seed, device)
    for _ in arm.run(days):
        pass
    return _laid_out(arm.world, seed)


def _laid_out(world: World, seed: int) -> Desk:
    videos, moderation, threats = world.videos, world.moderation, world.threats
    assert moderation is not None and threats is not None
    score, reports, views = (
        moderation.score.amax(1),
        _count(world, "reports"),
        _count(world, "views"),
    )
    lot = key(seed, world.device).fold(DESK).uniform(videos.id)
    open_to = (videos.id > 0) & (videos.uploaded > world.day - RECENT) & (views > 0)
    rows, lanes = [], []
    for lane, by in zip(LANES, (score, reports, views, lot), strict=True):
        for row in _first(by.double() + lot.double() / 1e6, open_to):
            open_to[row] = False
            rows.append(row)
            lanes.append(lane)
    mixed = lot[rows].argsort().tolist()
    at = torch.tensor([rows[i] for i in mixed], device=world.device)
    of = row_of(videos.creator[at], len(world.creators.followers))
    return Desk(
        videos.id[at], [lanes[i] for i in mixed], videos.topic[at].tolist(),
        videos.duration[at].tolist(), score[at].tolist(),
        reports[at].tolist(), views[at].tolist(), world.creators.followers[of].tolist(),
        (threats.harm[at] > 0).tolist(),
    )  # fmt: skip


def _count(world: World, name: str) -> Tensor:
    return world.videos.counts[:, COUNTS.index(name)]


def _first(by: Tensor, open_to: Tensor) -> list[int]:
    return by.masked_fill(~open_to, -1).topk(EACH).indices.tolist()


def notes_of(desk: Desk, lang: str) -> list[list[str]]:
    """What each card says beside its topic and title."""
    told = zip(desk.score, desk.reports, desk.views, desk.followers, strict=True)
    return [
        [SAYS.word("cards", "known", lang, score, reports),
         SAYS.word("cards", "reach", lang, views, followers)]
        for score, reports, views, followers in told
    ]  # fmt: skip


@dataclass
class Judged:
    """A desk that was handed out. A card to the left is taken down, one to the right stays."""

    desk: Desk
    played: Played

    def taken_down(self) -> list[bool]:
        """What the learner took down; waits for the last card."""
        return [not stays for stays in self.played.swipes()]

    def table(self) -> pd.DataFrame:
        """By why a video lay there: how many, how many the learner took down, how many are harmful,
        and of these how many the learner found."""
        down, rows = self.taken_down(), {}
        for lane in LANES:
            of = [k for k, each in enumerate(self.desk.lane) if each == lane]
            bad = [self.desk.harmful[k] for k in of]
            hit = sum(down[k] and self.desk.harmful[k] for k in of)
            rows[SAYS.word("lanes", lane, self.played.lang)] = [
                len(of), sum(down[k] for k in of), sum(bad), hit,
            ]  # fmt: skip
        heads = [
            SAYS.word("judged", key, self.played.lang) for key in ("cards", "down", "bad", "hit")
        ]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=heads)
        table.loc[SAYS.word("judged", "all", self.played.lang)] = table.sum()
        return table


def judge(desk: Desk, name: str, lang: str = "en") -> Judged:
    """Hand out the desk, with what was judged before under this name."""
    cards = Cards(desk.video, torch.tensor(desk.topic), torch.tensor(desk.duration))
    return Judged(desk, playing.deck(cards, name, lang, notes_of(desk, lang), _scripted(desk)))


def _scripted(desk: Desk) -> list[int]:
    """Somebody who goes by reports: what has as many as the fourth most is taken down."""
    line = sorted(desk.reports, reverse=True)[EACH - 1]
    return [int(reports < max(1, line)) for reports in desk.reports]
