"""How well a recommender knows people: what it shows against what each viewer likes for good.

Tastes are hidden, so all of this is for judges. Lasting taste of the day is meant throughout: not
what a session or a trend makes of it.
"""

import math
from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.state import Events, Videos, Viewers, World, row_of

FAVOURITES = 5  # topics
SETTLED = 7  # days after which who arrives is a newcomer to a recommender at work
STEP, STEPS = 10, 60  # videos in a step of the way, and how many steps are told apart
FEW = 100  # newcomers below which nothing is said of how fast one is known
LEAST = 0.05  # of match above chance, in standard deviations, below which nobody is known; assumed
ENOUGH = 30  # videos of the strongest topic by chance: a lift of 1 is then known to a fifth
FIRST, LAST = 130, 230  # videos: what 40 minutes hold, and the hundred after it
WEEK = 7


def match(
    viewers: Viewers, row: Tensor, videos: Videos, video: Int[Tensor, "n k"], topic_share: float
) -> Float[Tensor, "n k"]:
    """How well videos suit the lasting taste of the viewers at `row` (n,): tags and style, as
    appeal has them, in standard deviations over random pairs."""
    taste = viewers.taste.index_select(0, row)
    one, two = (taste.gather(1, topic[video]) for topic in (videos.topic, videos.topic2))
    leaning = viewers.leaning.index_select(0, row)
    style = torch.einsum("ns,nks->nk", leaning, videos.style[video])
    return topic_share**0.5 * (one + two) / 2 + (1 - topic_share) ** 0.5 * style


@dataclass
class Knowing:
    """What was shown to the viewers followed, by how many videos each had seen before."""

    viewer: Int[Tensor, " sample"]  # permanent id of who had each row when last looked at
    seen: Int[Tensor, " sample"]  # videos seen since the run began
    late: Bool[Tensor, " sample"]  # whether the viewer is a newcomer
    newcomers: Int[Tensor, ""]  # who were shown anything
    way: Float[Tensor, "steps two"]  # newcomers' sum of match by steps of the way, and count
    week: Float[Tensor, "week four"]  # others' sum of match, of what chance would give, and counts
    strong: Float[Tensor, " two"]  # the strongest topic's videos between FIRST and LAST, by chance

    @classmethod
    def empty(cls, world: World, row: Int[Tensor, " sample"]) -> "Knowing":
        none = torch.zeros_like(row)
        way, week, strong = (none.new_zeros(n).double() for n in ((STEPS, 2), (WEEK, 4), (2,)))
        ids = world.viewers.id[row].clone()
        return cls(ids, none, none > 0, none.sum(), way, week, strong)

    def take_in(
        self, world: World, events: list[Events], row: Int[Tensor, " sample"], topic_share: float
    ) -> dict[str, float]:
        """A day is over. Returns its measures, without what is missing."""
        today = int(world.day)
        new = world.viewers.id[row] != self.viewer
        self.viewer, self.late = world.viewers.id[row].clone(), self.late & ~new
        self.late |= world.viewers.joined[row] > SETTLED
        self.seen[new] = 0
        supply = _supply(world)
        taste = world.viewers.taste[row]
        best = taste.topk(min(FAVOURITES, taste.shape[1]), dim=1).indices
        day = torch.zeros(3, dtype=torch.float64, device=row.device)
        self.week[today % WEEK] = 0.0
        for page in events:
            day += self._page(world, page, row, best, supply, topic_share)
        self.week[today % WEEK, 2:] = _chance(world, row, self.late, topic_share)
        return self._told(day)

    def _page(
        self, world: World, page: Events, row: Tensor, best: Tensor, supply: Tensor, share: float
    ) -> Float[Tensor, " three"]:
        """Adds a page; returns its sum of match, of favourites, and how many were seen."""
        place = torch.full_like(world.viewers.id, -1)
        place[row] = torch.arange(len(row), device=row.device)
        who = place[page.request.row]
        kept = (who >= 0).nonzero().squeeze(1)
        who, seen = who[kept], page.response.seen[kept]
        video = row_of(page.ids[kept], len(world.videos.id))
        topic = world.videos.topic[video]
        suits = match(world.viewers, row[who], world.videos, video, share).double() * seen
        number = self.seen[who][:, None] + seen.long().cumsum(1) - 1
        self.seen[who] += seen.sum(1)
        self._walk(suits, number, seen, self.late[who])
        today, settled = int(page.day) % WEEK, ~self.late[who][:, None]
        self.week[today, 0] += (suits * settled).sum()
        self.week[today, 1] += (seen & settled).sum()
        self.newcomers += (self.late[who] & (number[:, 0] == 0) & seen[:, 0]).sum()
        strongest = best[who][:, :1]
        then = seen & (number >= FIRST) & (number < LAST)
        self.strong[0] += (then & (topic == strongest)).sum()
        self.strong[1] += (then * supply[strongest]).sum()
        liked = (topic[:, :, None] == best[who][:, None, :]).any(2) & seen
        return torch.stack([suits.sum(), liked.sum().double(), seen.sum().double()])

    def _walk(self, suits: Tensor, number: Tensor, seen: Tensor, late: Tensor) -> None:
        """Newcomers' match, by the step of the way on which each video came."""
        some = seen & late[:, None] & (number < STEP * STEPS)
        both = torch.stack([suits[some], torch.ones_like(suits[some])], dim=1)
        self.way.index_add_(0, number[some] // STEP, both)

    def _told(self, day: Tensor) -> dict[str, float]:
        told: dict[str, float] = {}
        if float(day[2]):
            told["match"] = float(day[0] / day[2])
            told["favourites"] = float(day[1] / day[2])
        if float(self.strong[1]) >= ENOUGH:
            told["interest_lift"] = float(self.strong[0] / self.strong[1])
        swipes = self._swipes()
        return told if math.isnan(swipes) else {**told, "swipes_to_know": swipes}

    def _swipes(self) -> float:
        """Videos until a newcomer's feed is half of the way from chance to others'; nan where it
        cannot be told. By match: favourites of as many newcomers tell it four times less surely
        (docs/interface.md)."""
        total, count, chance, viewers = self.week.sum(0).tolist()
        if int(self.newcomers) < FEW or not count or not viewers:
            return math.nan
        chance, level = chance / viewers, total / count
        if level - chance < LEAST:
            return math.nan
        walked = self.way[self.way[:, 1] > 0]
        curve = _rising((walked[:, 0] / walked[:, 1]).tolist(), walked[:, 1].tolist())
        return _crossing(curve, (chance + level) / 2)

    def state_dict(self) -> dict[str, Tensor]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        for field in fields(self):
            setattr(self, field.name, state[field.name].clone())


def _supply(world: World) -> Float[Tensor, " topics"]:
    """The shares of topics among the videos that there are."""
    live = world.videos.id > 0
    topics = world.viewers.taste.shape[1]
    count = torch.bincount(world.videos.topic[live], minlength=topics)
    return count.double() / live.sum().clamp(min=1)


def _chance(world: World, row: Tensor, late: Tensor, share: float) -> Float[Tensor, " two"]:
    """What chance would give those who are no newcomers: the sum of match over them, and how many
    they are. By means, as a random video's match is linear in what it is."""
    live, v = world.videos.id > 0, world.viewers
    here = row[v.registered[row] & ~late]
    topics = _supply(world)
    second = torch.bincount(world.videos.topic2[live], minlength=len(topics)).double()
    tags = (topics + second / live.sum().clamp(min=1)) / 2
    style = world.videos.style[live].double().mean(0)
    one = share**0.5 * (v.taste[here].double() @ tags)
    both = one + (1 - share) ** 0.5 * (v.leaning[here].double() @ style)
    return torch.stack([both.sum(), torch.tensor(float(len(here)), device=row.device).double()])


def _rising(value: list[float], weight: list[float]) -> list[float]:
    """The closest curve that never falls, by weighted squares: pool adjacent violators (Barlow et
    al., 1972)."""
    pools: list[tuple[float, float, int]] = []  # mean, weight, length
    for x, w in zip(value, weight, strict=True):
        pools.append((x, w, 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (a, u, m), (b, v, n) = pools[-2:]
            pools[-2:] = [((a * u + b * v) / (u + v), u + v, m + n)]
    return [mean for mean, _, length in pools for _ in range(length)]


def _crossing(curve: list[float], level: float) -> float:
    """Videos at which a curve over steps first reaches a level, between the middles of steps; nan
    where it does not."""
    for at, value in enumerate(curve):
        if value >= level:
            if at == 0:
                return STEP / 2
            below = curve[at - 1]
            return STEP * (at - 0.5 + (level - below) / (value - below))
    return math.nan
