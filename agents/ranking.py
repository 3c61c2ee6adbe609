"""From scores to slates: the best of a pool, or an honest draw from the best of it."""

import math
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from sim.world.rng import Key
from sim.world.state import Slate, rows_at

WORD = 8  # truths, a byte each, that a processor reads at once
GROUPS = 8  # of a pool, by whose best a viewer's candidates are found


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

    On a CPU numpy's partition takes a third of the time of torch's topk, and less where only the
    value is asked for. The k-th best of the maxima of groups is passed by at least k scores of a
    row, and by few more: most scores are read once only.
    """
    pool = scores.shape[-1]
    if count >= pool:
        return torch.arange(pool, device=scores.device).expand(scores.shape)
    if scores.device.type != "cpu":
        return scores.topk(count, dim=-1, sorted=False).indices.sort(dim=-1).values
    value = scores.detach().float().numpy()
    wide = value.ndim == 2 and pool // GROUPS > 2 * count and len(value)
    return torch.from_numpy((_best_of_groups if wide else _highest)(value, count))


def _best_of_groups(scores: np.ndarray, count: int) -> np.ndarray:
    n, pool = scores.shape
    stride = pool // GROUPS
    best = scores[:, : GROUPS * stride].reshape(n, GROUPS, stride).max(1)
    edge = np.partition(best, stride - count, axis=-1)[:, stride - count, None]
    flat = _rare(~(scores < edge))  # NaN passes: the caller is to see it
    row = flat // pool
    many = np.bincount(row, minlength=n)
    width = int(many.max())
    at = np.arange(len(flat)) + row * width - np.repeat(many.cumsum() - many, many)
    few, place = np.full((n, width), -np.inf, np.float32), np.zeros((n, width), np.int64)
    few.reshape(-1)[at], place.reshape(-1)[at] = scores.reshape(-1)[flat], flat - row * pool
    return np.take_along_axis(place, _highest(few, count), 1)


def _rare(where: np.ndarray) -> np.ndarray:
    """Places in a fresh array of truths, rows after each other, at which they hold; ascending. One
    in twenty is found in half of the time by looking at eight at a time first."""
    flat = where.reshape(-1)
    end = len(flat) // WORD * WORD
    word = np.flatnonzero(flat[:end].view(np.uint64) != 0)
    inside = np.flatnonzero(flat[:end].reshape(-1, WORD).take(word, axis=0))
    at = word.take(inside // WORD) * WORD + inside % WORD
    return np.concatenate([at, end + np.flatnonzero(flat[end:])]) if end < len(flat) else at


def _highest(scores: np.ndarray, count: int) -> np.ndarray:
    """Places of the `count` highest of each row, ascending: those not below the lowest of them,
    unless others equal it."""
    n, split = scores.shape[-1], scores.shape[-1] - count
    edge = np.partition(scores, split, axis=-1)[..., split, None]
    place = np.flatnonzero(scores >= edge)
    if scores.ndim == 2 and len(place) == len(scores) * count:
        place = place.reshape(-1, count) - n * np.arange(len(scores))[:, None]
        if (place[:, 0] >= 0).all() and (place[:, -1] < n).all():
            return place
    return np.sort(np.argpartition(scores, split, axis=-1)[..., split:], axis=-1)


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
