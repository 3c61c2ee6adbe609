"""What a platform counts for the accounts seated: page by page, and closed every evening."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world import community
from sim.world.state import (
    AGES,
    AUDIENCE,
    FLOWS,
    POINTS,
    REGIONS,
    SOURCES,
    VIDEO_FLOWS,
    WEEK,
    Events,
    World,
    row_of,
    watched,
)

RECENT = 6  # posts whose figures are shown one by one
_PAGE = FLOWS[:10]  # of FLOWS, what is counted on pages


@dataclass(frozen=True)
class Figures:
    """What an account's page can show, as it stood one evening; a row a seat."""

    followers: Int[Tensor, " seats"]
    flows: Float[Tensor, "seats week flows"]
    sources: Float[Tensor, "seats week sources"]
    audience: Float[Tensor, "seats week audience"]
    video: Int[Tensor, "seats recent"]  # newest first
    video_flows: Float[Tensor, "seats recent videoflows"]
    reached: Float[Tensor, "seats recent points"]  # impressions that were still watching

    @classmethod
    def blank(cls, seats: int, recent: int, device: torch.device) -> "Figures":
        def zeros(*shape: int) -> Tensor:
            return torch.zeros(seats, *shape, device=device)

        return cls(
            zeros().long(), zeros(WEEK, len(FLOWS)), zeros(WEEK, len(SOURCES)),
            zeros(WEEK, AUDIENCE), zeros(recent).long(),
            zeros(recent, len(VIDEO_FLOWS)), zeros(recent, POINTS),
        )  # fmt: skip


class Analytics:
    """The figures of all accounts seated, as they stand and as they stood some evenings ago."""

    def __init__(self, seats: int, device: torch.device, delay: int, recent: int = RECENT):
        self.now = Figures.blank(seats, recent, device)
        self.past = [self.now] * (delay + 1)  # evenings, the newest last
        self.met: Tensor | None = None  # (seats, viewers): who met the account before, by row

    @property
    def shown(self) -> Figures:
        """What the account shows: the figures as they stood when the delay began."""
        return self.past[0]

    def clear(self, seats: Bool[Tensor, " seats"]) -> None:
        """An account is new to its seat: nothing was counted for it."""
        self.now = _cleared(self.now, seats)
        self.past = [_cleared(figures, seats) for figures in self.past]
        if self.met is not None:
            self.met = self.met & ~seats[:, None]

    def morning(self, world: World, row: Int[Tensor, " seats"]) -> None:
        """A day begins: its column is opened, and the night's posts join the videos shown."""
        f, people = self.now, world.viewers
        if self.met is None:
            shape = len(row), len(people.id)
            self.met = torch.zeros(shape, dtype=torch.bool, device=row.device)
        self.met[:, people.joined == world.day] = False  # somebody new at that row
        flows, sources, audience = (_next_day(x) for x in (f.flows, f.sources, f.audience))
        self.now = replace(f, flows=flows, sources=sources, audience=audience)
        self._posted(world, row)

    def _posted(self, world: World, row: Int[Tensor, " seats"]) -> None:
        videos, seat = world.videos, _seat_of(world, row)
        own = seat[row_of(videos.creator, len(seat))]
        new = ((videos.uploaded == world.day) & (videos.id > 0) & (own >= 0)).nonzero().squeeze(1)
        for at in new.tolist():  # a few a day
            self._push(int(own[at]), int(videos.id[at]))

    def _push(self, seat: int, video: int) -> None:
        f = self.now
        for field in (f.video, f.video_flows, f.reached):
            field[seat] = field[seat].roll(1, 0)
            field[seat, 0] = 0
        f.video[seat, 0] = video

    def page(self, world: World, events: Events, row: Int[Tensor, " seats"]) -> None:
        """A page was watched by people, some of it of the accounts seated."""
        r, at = events.response, row_of(events.ids, len(world.videos.id))
        seats = _seat_of(world, row)
        seat = seats[row_of(world.videos.creator[at], len(seats))]
        who, slot = (r.seen & (seat >= 0) & (events.ids > 0)).nonzero(as_tuple=True)
        if not len(who):
            return
        mine, ids = seat[who, slot], events.ids[who, slot]
        watch, duration = r.watch[who, slot], world.videos.duration[at[who, slot]]
        did = {name: r.did(flag)[who, slot].float() for name, flag in _DID.items()}
        one = torch.ones_like(watch)
        counted = {
            "impressions": one,
            "plays": (~watched.quick_skip(watch) | watched.finished(watch, duration)).float(),
            "watch_s": watch,
            "finishes": watched.finished(watch, duration).float(),
            **did,
        }
        f, viewer = self.now, events.request.row[who]
        page = torch.stack([counted[name] for name in _PAGE], 1)
        f.flows[:, -1, : len(_PAGE)].index_add_(0, mine, page)
        f.sources[:, -1].index_put_((mine, events.source[who, slot]), one, accumulate=True)
        self._audience(world, mine, viewer)
        self._videos(mine, ids, torch.stack([counted[n] for n in VIDEO_FLOWS], 1), watch / duration)

    def _audience(self, world: World, mine: Tensor, viewer: Tensor) -> None:
        """Whom the impressions reached, by what is public of people."""
        assert self.met is not None
        people, own = world.viewers, self.now.audience[:, -1]
        one = torch.ones(len(mine), device=mine.device)
        own.index_put_((mine, people.age_band[viewer].clamp(max=AGES - 1)), one, accumulate=True)
        place = AGES + people.region[viewer].clamp(max=REGIONS - 1)
        own.index_put_((mine, place), one, accumulate=True)
        follows = world.memory.follows[viewer] == self._creator[mine][:, None]
        own[:, AGES + REGIONS].index_add_(0, mine, follows.any(1).float())
        own[:, AGES + REGIONS + 1].index_add_(0, mine, self.met[mine, viewer].float())
        self.met[mine, viewer] = True

    _creator: Tensor

    def _videos(self, mine: Tensor, ids: Tensor, counted: Tensor, ratio: Tensor) -> None:
        f = self.now
        hit = f.video[mine] == ids[:, None]
        some, place = hit.nonzero(as_tuple=True)  # older posts are counted in the flows alone
        at = mine[some], place
        f.video_flows.index_put_(at, counted[some], accumulate=True)
        points = torch.arange(1, POINTS + 1, device=ids.device) / POINTS
        still = (ratio[some][:, None] >= points - 1e-6).float()
        f.reached.index_put_(at, still, accumulate=True)

    def evening(self, world: World, row: Int[Tensor, " seats"]) -> None:
        """The day is over: followers are counted, and the page of yesterday's figures is kept."""
        f = self.now
        followers = community.followers(world.memory, len(world.creators.id))[row]
        gained = f.flows[:, -1, FLOWS.index("gained")]
        lost = f.followers + gained.long() - followers
        f.flows[:, -1, FLOWS.index("lost")] = lost.clamp(min=0).float()
        gained += (-lost).clamp(min=0)  # newcomers follow before they see a page
        self.now = replace(f, followers=followers)
        kept = replace(self.now, **{n: getattr(self.now, n).clone() for n in vars(self.now)})
        self.past = [*self.past[1:], kept]

    def recount(self, followers: Int[Tensor, " seats"]) -> None:
        """Followers that were granted were never gained: they were there as long as figures are."""
        self.now = replace(self.now, followers=followers)
        self.past = [replace(f, followers=followers) for f in self.past]

    def begin(
        self, world: World, row: Int[Tensor, " seats"], seats: Bool[Tensor, " seats"]
    ) -> None:
        """Accounts at `row` are seated, some of them anew."""
        self.clear(seats)
        self._creator = world.creators.id[row]
        now = community.followers(world.memory, len(world.creators.id))[row]
        self.now = replace(self.now, followers=torch.where(seats, now, self.now.followers))
        old = [torch.where(seats, now, f.followers) for f in self.past]
        self.past = [replace(f, followers=n) for f, n in zip(self.past, old, strict=True)]


_DID = {
    "likes": "like", "comments": "comment", "shares": "share", "collects": "collect",
    "hides": "hide", "gained": "follow",
}  # fmt: skip


def _seat_of(world: World, row: Int[Tensor, " seats"]) -> Int[Tensor, " creators"]:
    """Each creator's seat, -1 where there is none."""
    none = torch.full_like(world.creators.id, -1)
    return none.index_copy(0, row, torch.arange(len(row), device=row.device))


def _next_day(x: Tensor) -> Tensor:
    return torch.cat([x[:, 1:], torch.zeros_like(x[:, :1])], dim=1)


def _cleared(f: Figures, seats: Bool[Tensor, " seats"]) -> Figures:
    def kept(x: Tensor) -> Tensor:
        return torch.where(seats.view(-1, *[1] * (x.dim() - 1)), torch.zeros_like(x), x)

    return Figures(**{name: kept(x) for name, x in vars(f).items()})
