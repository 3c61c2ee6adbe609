"""What scripted accounts do on a page: watch some videos to the end, and skip all others.

So do the sock puppets of published audits (Srba et al., 2023; Hosseinmardi et al., 2024; Mousavi et
al., 2025): two accounts differ in one trait, and what they are shown is compared.
"""

from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.page import Left, Page, recalled, word_of
from sim.world.sessions import total
from sim.world.state import EVENT_FLAGS, Recent, look

SKIP = 1.0  # seconds until a puppet swipes on; assumed: a script recognises a video at once
AT_EASE = 1_000.0  # goodwill at which nobody leaves for good


@dataclass(frozen=True)
class Scripts:
    """Of some puppets, a row each."""

    age_band: Int[Tensor, " puppets"]  # as stated at registration
    topics: Bool[Tensor, "puppets topics"]  # watched to the end
    harms: Bool[Tensor, "puppets harms"]  # likewise; the first stands for none, and is False
    everything: Bool[Tensor, " puppets"]  # watches all that it is shown
    likes: Bool[Tensor, " puppets"]  # likes whatever it watches to the end
    videos: Int[Tensor, " puppets"]  # seen a day, at most

    def __len__(self) -> int:
        return len(self.age_band)

    def wants(
        self,
        who: Int[Tensor, " awake"],
        topic: Int[Tensor, "slots awake"],
        topic2: Int[Tensor, "slots awake"],
        harm: Int[Tensor, "slots awake"],
    ) -> Bool[Tensor, "slots awake"]:
        """Which of these videos the puppets at `who` watch to the end."""
        about = self.topics[who].T
        wanted = about.gather(0, topic) | about.gather(0, topic2)
        return wanted | self.harms[who].T.gather(0, harm) | self.everything[who]


def played(
    slate, page: Page, left: Left, at: Int[Tensor, " some"], who: Tensor, of: Scripts, harm: Tensor
) -> tuple[Page, Left]:
    """The page with what the puppets do at the places `at` of the block; `who` are their scripts,
    `harm` (slots, some) the types of harm on it. A puppet's patience is the videos left to it."""
    ids, viewers = slate.ids[:, at], _part(slate.viewers, at)
    shown = look(slate.sheet[:, at])
    wants = of.wants(who, shown.topic, shown.topic2, harm)
    patience = viewers.patience_left
    offered = (ids > 0).float()
    seen = offered * (offered.cumsum(0) <= patience).float()
    watch = seen * torch.where(wants, shown.duration, SKIP)
    like = (seen * (wants & of.likes[who]).float()).int() << EVENT_FLAGS.index("like")
    after = patience - total(seen)
    last = seen * (after <= 0).float() * (_place(seen) == total(seen)).float()
    return acted(slate, page, left, at, Acts(seen, watch, like, last, after))


@dataclass(frozen=True)
class Acts:
    """What some viewers did on a page, whatever people would have done."""

    seen: Float[Tensor, "slots some"]  # 1 or 0
    watch: Float[Tensor, "slots some"]  # seconds
    flags: Int[Tensor, "slots some"]  # as in Response
    last: Float[Tensor, "slots some"]  # 1 where the visit ended
    patience: Float[Tensor, " some"]  # left afterwards


def acted(slate, page: Page, left: Left, at: Int[Tensor, " some"], acts: Acts) -> tuple[Page, Left]:
    """The page with these acts at the places `at` of the block. Nobody there tires of the day or
    takes offence."""
    ids, viewers, shown = slate.ids[:, at], _part(slate.viewers, at), look(slate.sheet[:, at])
    own = _page(page, at, acts.seen, acts.watch, acts.flags, acts.last, shown.duration)
    told = replace(
        _part(left, at),
        time_left=viewers.time_left,
        patience_left=acts.patience,
        goodwill=viewers.goodwill,
        joy=torch.zeros_like(left.joy[at]),
        recent=recalled(_part(slate.recent, at), ids, own, acts.seen),
    )
    return _written(page, own, at), _written(left, told, at)


def _page(page: Page, at: Tensor, seen, watch, flags, last, duration) -> Page:
    """The rows `at` of a page, as puppets play it."""
    own = _part(page, at)
    return replace(
        own,
        seen=seen.to(torch.uint8).T,
        watch=watch.T,
        flags=flags.T,
        left=last.to(torch.uint8).T,
        tie=torch.zeros_like(own.tie),
        survey=torch.zeros_like(own.survey),
        appeal=seen.T * own.appeal,
        satisfaction=seen.T * own.satisfaction,
        word=word_of(seen, watch, duration).T,
        milliseconds=(watch * 1000).round().long().T,
        ads=None if own.ads is None else torch.zeros_like(own.ads),
    )


def _place(seen: Float[Tensor, "slots some"]) -> Float[Tensor, "slots 1"]:
    return torch.arange(1.0, len(seen) + 1, device=seen.device)[:, None]


def _part(struct, at: Tensor):
    """The rows `at` of a struct whose fields lie by viewers."""
    new: dict[str, Any] = {}
    for name, value in vars(struct).items():
        if isinstance(value, Tensor):
            new[name] = value[at]
        elif isinstance(value, tuple):
            new[name] = tuple(each[at] for each in value)
        elif isinstance(value, Recent):
            new[name] = _part(value, at)
    return replace(struct, **new)


def _written(struct, some, at: Tensor):
    """The struct with the rows `at` as in `some`."""
    new: dict[str, Any] = {}
    for name, value in vars(struct).items():
        if isinstance(value, Tensor):
            new[name] = value.index_copy(0, at, getattr(some, name).to(value.dtype))
        elif name == "recent":
            new[name] = _written(value, some.recent, at)
    return replace(struct, **new)
