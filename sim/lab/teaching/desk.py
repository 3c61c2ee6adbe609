"""A moderator's desk: videos that wait to be judged, by what a platform knows of each before it is
opened, and what a learner made of them.

A platform under attack runs for some days with moderation that looks on and takes nothing down.
Then a few videos are laid out: some that the machine suspects, some with most reports, some with
most views, some drawn by lot. What they are is hidden until all are judged.
"""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import torch
from IPython.display import HTML, display
from jaxtyping import Int
from torch import Tensor

from sim.lab.run.arm import Arm
from sim.lab.teaching import asking, phones
from sim.lab.teaching.captions import caption, topic_names
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
        videos.id[at], [lanes[i] for i in mixed], videos.topic[at].tolist(), score[at].tolist(),
        reports[at].tolist(), views[at].tolist(), world.creators.followers[of].tolist(),
        (threats.harm[at] > 0).tolist(),
    )  # fmt: skip


def _count(world: World, name: str) -> Tensor:
    return world.videos.counts[:, COUNTS.index(name)]


def _first(by: Tensor, open_to: Tensor) -> list[int]:
    return by.masked_fill(~open_to, -1).topk(EACH).indices.tolist()


def cards_of(desk: Desk, lang: str) -> list[dict[str, Any]]:
    """What each card says."""
    names, texts = topic_names(lang), caption(desk.video.tolist(), desk.topic, None, lang)
    return [
        {"topic": names[topic], "text": text, "hue": phones.hue(topic),
         "tags": SAYS.word("cards", "known", lang, score, reports),
         "length": SAYS.word("cards", "reach", lang, views, followers)}
        for topic, text, score, reports, views, followers in zip(
            desk.topic, texts, desk.score, desk.reports, desk.views, desk.followers, strict=True)
    ]  # fmt: skip


@dataclass
class Judged:
    """A desk that was handed out."""

    desk: Desk
    lang: str
    script: list[int]
    deck: Any = field(default=None)  # the widget; None where a script judged

    def taken_down(self) -> list[bool]:
        """What the learner took down; waits for the last card."""
        found = list(self.deck.swipes) if self.deck is not None else self.script
        many = len(self.desk.lane)
        if len(found) < many:
            asking.wait(self.lang, SAYS.word("deck", "todo", self.lang, many, len(found)))
        return [not stays for stays in found]

    def table(self) -> pd.DataFrame:
        """By why a video lay there: how many, how many the learner took down, how many are harmful,
        and of these how many the learner found."""
        down, rows = self.taken_down(), {}
        for lane in LANES:
            of = [k for k, each in enumerate(self.desk.lane) if each == lane]
            bad = [self.desk.harmful[k] for k in of]
            hit = sum(down[k] and self.desk.harmful[k] for k in of)
            rows[SAYS.word("lanes", lane, self.lang)] = [
                len(of), sum(down[k] for k in of), sum(bad), hit,
            ]  # fmt: skip
        heads = [SAYS.word("judged", key, self.lang) for key in ("cards", "down", "bad", "hit")]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=heads)
        table.loc[SAYS.word("judged", "all", self.lang)] = table.sum()
        return table


def judge(desk: Desk, name: str, lang: str = "en") -> Judged:
    """Hand out the desk, with what was judged before under this name. A card to the left is taken
    down, one to the right stays."""
    asked = Judged(desk, lang, _scripted(desk))
    if not asking.somebody_there():
        asking.scripted(lang)
        said = (SAYS.word("judged", "down_one", lang), SAYS.word("judged", "up_one", lang))
        display(HTML(phones.swiped(cards_of(desk, lang), asked.script, lang, said)))
        return asked
    from sim.lab.teaching.widgets import Deck

    file = f"{name}.judged.json"
    before = asking.kept(file, lang) or {}
    same = before.get("videos") == desk.video.tolist()
    asked.deck = Deck(
        cards=cards_of(desk, lang), words=SAYS.words("deck", lang),
        swipes=before["judged"] if same else [],
    )  # fmt: skip

    def keep(change: Any) -> None:
        asking.keep(file, {"videos": desk.video.tolist(), "judged": list(change["new"])})

    asked.deck.observe(keep, names="swipes")
    display(asked.deck)
    return asked


def _scripted(desk: Desk) -> list[int]:
    """Somebody who goes by reports: what has as many as the fourth most is taken down."""
    line = sorted(desk.reports, reverse=True)[EACH - 1]
    return [int(reports < max(1, line)) for reports in desk.reports]
