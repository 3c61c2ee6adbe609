"""From scores to slates: the best of a pool, or an honest draw from the best of it."""

import math
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.rng import Key
from sim.world.state import Slate, rows_at


def wide(scores: Tensor, ids: Int[Tensor, "awake n"]) -> Float[Tensor, "awake n"]:
    """Scores held to the shape of `ids`."""
    return _held(scores, ids, (tuple(ids.shape),))


def of_pool(scores: Tensor, ids: Int[Tensor, " pool"], awake: int) -> Float[Tensor, "*awake pool"]:
    """Scores of a pool, each viewer's own or the same for all."""
    return _held(scores, ids, ((awake, len(ids)), (len(ids),)))


def _held(scores: Tensor, ids: Tensor, shapes: tuple[tuple[int, ...], ...]) -> Tensor:
    got: Any = tuple(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
    if got in shapes and scores.is_complex():
        got = scores.dtype
    if got not in shapes:
        raise ValueError(
            f"score(observation, ids) must return one score per id, {' or '.join(map(str, shapes))}"
            f"; got {got}. ids may be (pool,) or (awake, n)."
        )
    return scores.float()


def no_odd(scores: Float[Tensor, "awake n"], ids: Tensor, viewer: Int[Tensor, " awake"]) -> Tensor:
    """The scores, where none is NaN or +inf; -inf is what is never to be shown.

    `ids` is (n,) or (awake, n). One pass and one number read: the maximum is NaN where any is.
    """
    if not scores.numel() or float(scores.amax()) < math.inf:
        return scores
    who, place = (~(scores < math.inf)).nonzero()[0]
    video = ids[place] if ids.dim() == 1 else ids[who, place]
    raise ValueError(
        f"scores are finite, or -inf for what may not be shown; got {float(scores[who, place])} "
        f"for viewer {int(viewer[who])} and video {int(video)}. "
        "Look for a division by 0, a logarithm of 0, or weights that grew too large."
    )


def best_places(scores: Float[Tensor, "*n pool"], count: int) -> Int[Tensor, "*n count"]:
    """Places of the `count` highest scores, ascending.

    On a CPU numpy's partition takes a third of the time of torch's topk. The k best of a row lie
    within the k groups of four that have the best maxima, so most scores are read once only.
    """
    groups, pool = 4, scores.shape[-1]
    if count >= pool:
        return torch.arange(pool, device=scores.device).expand(scores.shape)
    if scores.dim() == 1 or pool < 4 * groups * count:
        return _highest(scores, count)
    n, stride = len(scores), pool // groups
    whole = scores[:, : groups * stride].unflatten(1, (groups, stride))
    best = _highest(whole.amax(1), count)
    member = stride * torch.arange(groups, device=scores.device)
    rest = torch.arange(groups * stride, pool, device=scores.device).expand(n, -1)
    place = torch.cat([(best[:, None, :] + member[:, None]).view(n, -1), rest], dim=1)
    return _ascending(place.gather(1, _highest(scores.gather(1, place), count)))


def _highest(scores: Tensor, count: int) -> Tensor:
    """Places of the `count` highest of each row, ascending."""
    if scores.device.type != "cpu":
        return _ascending(scores.topk(count, dim=-1, sorted=False).indices)
    split = scores.shape[-1] - count
    place = np.argpartition(scores.detach().float().numpy(), split, axis=-1)[..., split:]
    return torch.from_numpy(np.sort(place, axis=-1))


def _ascending(place: Tensor) -> Tensor:
    """Sorted along each row; on a CPU numpy's takes a tenth of the time of torch's."""
    if place.device.type != "cpu":
        return place.sort(dim=-1).values
    return torch.from_numpy(np.sort(place.numpy(), axis=-1))


def first_of_each(ids: Int[Tensor, "n many"], width: int) -> Int[Tensor, "n width"]:
    """The first `width` different ids of each row, in order; 0 where there are no more."""
    unfit = (ids == 0) | repeated(ids)
    first = torch.sort(unfit.to(torch.uint8), dim=1, stable=True).indices[:, :width]
    return ids.gather(1, first).masked_fill(unfit.gather(1, first), 0)


def repeated(ids: Int[Tensor, "n many"]) -> Bool[Tensor, "n many"]:
    """Where an id stands that stood before in the same row."""
    ordered, at = ids.sort(dim=1, stable=True)
    double = torch.zeros_like(ids, dtype=torch.bool)
    double[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
    return torch.zeros_like(double).scatter(1, at, double)


def top_slate(
    scores: Float[Tensor, "awake pool"],
    ids: Tensor,
    slots: int,
    temperature: float,
    shortlist: int,
    noise: Key,
    viewer: Int[Tensor, " awake"],
) -> Slate:
    """The best `slots` of a pool, or a Plackett-Luce draw from its best `shortlist`.

    `ids` is (pool,) or (awake, pool). A score of -inf is never shown; where too few are left, the
    slate ends in 0. Returns the exact ln P(item_k | items before it), 0 when greedy. Raises
    ValueError where a score is NaN or +inf.
    """
    scores = no_odd(scores, ids, viewer)
    if temperature > 0:
        width = max(shortlist, slots)
        if width < scores.shape[1]:
            place = best_places(scores, width)
            scores, ids = scores.gather(1, place), _at(ids, place)
        logits = _scaled(scores, temperature)
        noise_of_each = noise.gumbel(viewer, scores.shape[1])
        place = (logits + noise_of_each).topk(min(slots, scores.shape[1]), dim=1).indices
        logp = plackett_luce(logits, place)
    else:
        place = scores.topk(min(slots, scores.shape[1]), dim=1).indices
        logp = torch.zeros_like(place, dtype=scores.dtype)
    gone = scores.gather(1, place) == -torch.inf
    chosen, short = _at(ids, place), slots - place.shape[1]
    return Slate(
        torch.nn.functional.pad(chosen.masked_fill(gone, 0), (0, short)),
        torch.nn.functional.pad(logp.masked_fill(gone, 0.0), (0, short)),
    )


def _at(ids: Tensor, place: Int[Tensor, "awake n"]) -> Int[Tensor, "awake n"]:
    return rows_at(ids, place) if ids.dim() == 1 else ids.gather(1, place)


def _scaled(scores: Float[Tensor, "n width"], temperature: float) -> Float[Tensor, "n width"]:
    """Scores over temperature x their spread, 0 at the highest; -inf stays, and nothing else
    becomes it."""
    gone = scores == -torch.inf
    highest = scores.amax(1, keepdim=True).clamp(min=torch.finfo(scores.dtype).min)
    below = scores.double() - highest
    value = below.masked_fill(gone, 0.0)
    mean = value.sum(1, keepdim=True) / (~gone).sum(1, keepdim=True)
    spread = (value - mean).masked_fill_(gone, 0.0).square_().mean(1, keepdim=True).sqrt_()
    logits = (below / (temperature * spread.clamp(min=1e-6))).clamp(min=-1e38)
    return logits.masked_fill_(gone, -torch.inf).float()


def plackett_luce(
    logits: Float[Tensor, "n width"], drawn: Int[Tensor, "n slots"]
) -> Float[Tensor, "n slots"]:
    """ln P(item_k | items before it) of the places drawn, in order.

    What is left at each draw is summed from the end, so that nothing cancels.
    """
    logits = (logits - logits.max(dim=1, keepdim=True).values).double()
    weight = logits.exp()
    rest = weight.scatter(1, drawn, 0.0).sum(1, keepdim=True)
    left = rest + weight.gather(1, drawn).flip(1).cumsum(1).flip(1)
    return (logits.gather(1, drawn) - left.log()).float().clamp(max=0.0)
