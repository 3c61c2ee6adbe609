"""How many of very many who might do something rare do it."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.rng import Key
from sim.world.state import nowhere

_FEW = 3.0  # a mean up to which counts are drawn one by one
_MOST = 10  # and the most that is then counted
_ROOT = 2**0.5


def count(
    key: Key, name: Int[Tensor, " n"], mean: Float[Tensor, " n"], most: Tensor | None = None
) -> Int[Tensor, " n"]:
    """Poisson counts, above a mean of `_FEW` by the normal that is near them; at most `most`."""
    u, rate = key.uniform(name), mean.clamp(0, _FEW)
    term = torch.exp(-rate)
    end, few = term.clone(), torch.zeros_like(rate)
    for k in range(1, _MOST + 1):  # by inversion
        more = u > end
        if nowhere(more):  # nor will there be any further on
            break
        few += more
        term *= rate / k
        end += term
    many = (mean + mean.clamp(min=0).sqrt() * _ROOT * torch.erfinv(2 * u - 1)).round()
    drawn = torch.where(mean > _FEW, many.clamp(min=0), few).long()
    return drawn if most is None else torch.minimum(drawn, most)


def part(key: Key, name: Int[Tensor, " n"], of: Int[Tensor, " n"], share: float) -> Tensor:
    """About a share of each number, rounded up or down by chance so that the mean is right."""
    return (of * share + key.uniform(name)).floor().long().minimum(of)
