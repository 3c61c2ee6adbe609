"""What a day cost, by the truth that no moderator sees: counted for the pay and the measures."""

import torch
from torch import Tensor

from sim.seats.moderator.reward import PARTS, Toll
from sim.world.state import HARMS, Events, World, row_of
from sim.world.state.moderation import STAGES, outcome

SMALL = 10  # followers below which an account is small, as in the measures
SUMS = ("reward", "days", "shown", "bad", "severity", "posts", "taken", "wrong", "hours", *PARTS)


class Meter:
    """Sums of a day, and of the episode."""

    def __init__(self, device: torch.device):
        self.device = device
        self.sums = torch.zeros(len(SUMS), dtype=torch.float64, device=device)

    def clear(self) -> None:
        self.sums = torch.zeros_like(self.sums)

    def morning(self, world: World) -> None:
        """A day begins; what was taken down last night and this morning is counted."""
        held, threats, videos = world.moderation, world.threats, world.videos
        assert held is not None and threats is not None
        gone = torch.zeros_like(videos.removed)
        for stage in ("machine", "review"):
            gone = gone | ((held.decided[:, STAGES.index(stage)] & outcome("remove")) > 0)
        followers = world.creators.followers
        small = followers[row_of(videos.creator, len(followers))] < SMALL
        wrong = gone & (threats.harm == 0)
        posts = ((videos.id > 0) & (videos.uploaded == world.day)).sum().double()
        per = 1000 / posts.clamp(min=1)
        people = (world.viewers.registered & ~threats.bot).sum().double()
        purged = (held.swept & ~threats.bot).sum() * 1000 / people.clamp(min=1)
        self.posts, self.taken, self.wrong = posts, gone.sum().double(), wrong.sum().double()
        self.hours = held.minutes.double().sum() / 60
        self.day: dict[str, Tensor] = {
            "wrongful": wrong.sum() * per, "wrongful_small": (wrong & small).sum() * per,
            "wrongful_large": (wrong & ~small).sum() * per, "purged": purged,
            "staff": self.hours * per,
        }  # fmt: skip
        zero = torch.zeros((), dtype=torch.float64, device=self.device)
        self.shown, self.bad, self.severity, self.hurt = zero, zero, zero, zero

    def page(self, world: World, events: Events) -> None:
        """A page was watched. What bots see hurts nobody."""
        threats, row = world.threats, events.request.row
        assert threats is not None
        seen = events.response.seen & ~threats.bot[row][:, None]
        video = row_of(events.ids, len(world.videos.id))
        harm = threats.harm.long()[video]
        bad = seen & (harm > 0)
        self.shown = self.shown + seen.sum()
        self.bad = self.bad + bad.sum()
        who, slot = bad.nonzero(as_tuple=True)
        kind = (harm[who, slot] - 1).clamp(0, len(HARMS) - 1)
        soft = threats.vulnerability[row[who], kind]
        severity = threats.severity[video[who, slot]].double()
        self.severity = self.severity + severity.sum()
        self.hurt = self.hurt + (severity * soft).sum()

    def evening(self, paid: Tensor, toll: Toll) -> None:
        """The day is over and was paid for."""
        day = {
            "reward": paid,
            "days": torch.ones_like(paid),
            **{n: getattr(toll, n) for n in PARTS},
        }
        parts = [day[name] if name in day else getattr(self, name) for name in SUMS]
        self.sums = self.sums + torch.stack([x.double() for x in parts])

    def toll(self) -> Toll:
        harm = self.hurt * 1000 / self.shown.clamp(min=1)
        return Toll(harm=harm.float(), **{name: x.float() for name, x in self.day.items()})

    def measures(self) -> dict[str, Tensor]:
        """Of the episode, by name; flows are means over its days. `r` and `l` are its return and
        length, as in Gymnasium's own statistics."""
        s = dict(zip(SUMS, self.sums.clone(), strict=True))
        days, shown = s["days"].clamp(min=1), s["shown"].clamp(min=1)
        return {
            "r": s["reward"], "l": s["days"], "violative_view_rate": s["bad"] / shown,
            "harm": s["severity"] / shown, "removed_share": s["taken"] / s["posts"].clamp(min=1),
            "wrongful_removals": s["wrong"] / days, "staff_hours": s["hours"] / days,
            **{f"cost_{name}": s[name] / days for name in PARTS},
        }  # fmt: skip
