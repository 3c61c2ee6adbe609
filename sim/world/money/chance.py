"""How many of very many who might do something rare do it."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.rng import Key

_FEW = 3.0  # a mean up to which counts are drawn one by one
_MOST = 12  # and the most that is then counted


def count(
    key: Key, name: Int[Tensor, " n"], mean: Float[Tensor, " n"], most: Tensor | None = None
) -> Int[Tensor, " n"]:
    """Poisson counts, above a mean of `_FEW` by the normal that is near them; at most `most`."""
    few = key.poisson(name, mean.clamp(0, _FEW), _MOST)
    many = (mean + mean.clamp(min=0).sqrt() * key.normal(name)).round().clamp(min=0).long()
    drawn = torch.where(mean > _FEW, many, few)
    return drawn if most is None else torch.minimum(drawn, most)
