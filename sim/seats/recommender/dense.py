"""True appeal of a whole pool for many viewers at once, as a product of matrices."""

from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world import appeal
from sim.world.rules import Rules
from sim.world.state import Request, World, audience, handed, look, row_of


class Dense:
    """Appeal is a sum of products of one trait of the viewer and one of the video, so the appeal of
    made-up viewers, each with a single trait, tells how any viewer finds a video.

    The law itself stays in sim/world/appeal.py; this holds as long as it is such a sum, up to
    rounding. Worth it where more viewers ask than there are traits.
    """

    def __init__(self, world: World, rules: Rules, request: Request):
        self.world, self.rules, self.request = world, rules, request
        viewers = world.viewers
        self.traits = 2 * viewers.taste.shape[1] + viewers.leaning.shape[1] + 2
        self.pool: Tensor | None = None

    def __call__(
        self, video: Int[Tensor, " pool"], some: slice | Tensor
    ) -> Float[Tensor, "awake pool"]:
        if self.pool is None or not torch.equal(self.pool, video):
            self.pool = video.clone()  # the asker may write over its own
            self.appeal, self.gain = self._of_traits(video)
            authors = len(self.world.creators.id)
            self.creator = row_of(self.world.videos.creator[video], authors) + 1
        who = self.request.row[some]
        v, mood = self.world.viewers, self.world.mood
        choosy = v.choosiness[who, None]
        tired = appeal.bored(mood.satiation[who], self.rules.params.appeal)
        own = [mood.wants[who], tired, v.leaning[who], choosy, torch.ones_like(choosy)]
        wanted = torch.cat(own, dim=1) @ self.appeal
        return wanted.addcmul_(self._follows(who), self.gain)

    def _of_traits(self, video: Tensor) -> tuple[Tensor, Tensor]:
        """(traits, pool): what one unit of each trait adds, the last row what no trait changes;
        and what following the creator adds, (pool,)."""
        n, device = self.traits, video.device
        unit = torch.eye(n, device=device)
        topics, styles = (
            x.shape[1] for x in (self.world.viewers.taste, self.world.viewers.leaning)
        )
        wants, sated, leaning, choosy, _ = unit.split([topics, topics, styles, 1, 1], dim=1)
        zero = torch.zeros(n, dtype=torch.int64, device=device)
        viewers = replace(
            audience(self.world.viewers, self.world.mood, zero),
            wants=wants,
            leaning=leaning,
            choosiness=choosy[:, 0],
            satiation=sated,
        )
        shown = look(handed(self.world.videos.sheet, video[:, None].expand(-1, n)))

        def feel(followed: bool) -> Tensor:
            follows = torch.full_like(shown.quality, followed)
            world, params = self.world, self.rules.params.appeal
            return appeal.appeal(viewers, shown, world.trends, follows, world.day, params).appeal.T

        alone, friends = feel(False), feel(True)
        return torch.cat([alone[:-1] - alone[-1], alone[-1:]]), (friends - alone)[-1]

    def _follows(self, who: Tensor) -> Float[Tensor, "awake pool"]:
        """How much it weighs that a viewer follows a video's creator: 0 where not."""
        memory, n, p = self.world.memory, len(self.world.creators.id), self.rules.params
        held = torch.zeros(len(who), n + 1, device=who.device)
        followed = memory.follows[who]
        at = torch.where(followed > 0, row_of(followed, n) + 1, 0)
        weight = torch.ones_like(followed, dtype=torch.float32)
        if p.branded:
            weight = 1 + p.brand.pull * (memory.bond[who] - p.brand.usual_bond)
        held.scatter_(1, at, weight)
        held[:, 0] = 0.0  # nobody
        return held.index_select(1, self.creator)
