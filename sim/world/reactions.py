"""What viewers do besides watching: like, comment, share, follow, collect, hide, report."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import numpy as np
import torch
from jaxtyping import Float
from scipy import stats
from torch import Tensor

from sim.world.ranges import Len, Share, Spread, Within
from sim.world.rng import Dice, Key, streams
from sim.world.state import EVENT_FLAGS, FEW

ACTS = streams("reactions", *EVENT_FLAGS)
ASKED, RADIUS, ANGLE = streams("survey", "asked", "answer radius", "answer angle")
STREAMS = (*ACTS, ASKED, RADIUS, ANGLE)  # of dice
ODDS, CHARM = streams("likes", "odds", "charm")
RATIO_EDGES = (0.1, 0.5, 1.0, 2.0)  # watch seconds over duration
_LIMIT, _POINTS = 16.0, 1025  # the quantile table spans logits of probability -16..16
_GRID = np.linspace(-24.0, 24.0, 1537)  # ln factors of like odds at which saturation is solved

Rates = Annotated[tuple[Share, ...], Len(5, 5)]  # by watch ratio


@dataclass(frozen=True)
class ReactionParams:
    """Rates per video shown, by watch ratio <.1, .1-.5, .5-1, 1-2, >=2."""

    # a viewer's like propensity is Beta(alpha, beta)
    like_alpha: Annotated[float, Within(0.001, 100)]
    like_beta: Annotated[float, Within(0.01, 10_000)]  # see like_alpha
    like_by_ratio: Rates
    comment_by_ratio: Rates
    share_by_ratio: Rates
    follow_by_ratio: Rates
    collect_by_ratio: Rates
    hide_by_ratio: Rates
    report_by_ratio: Rates
    like_given_follow: Share  # P(like | follow), likewise below
    like_given_comment: Share
    # ln odds of a positive reaction per standard deviation of appeal
    appeal_like: Annotated[float, Within(0, 1.5)]
    # ln odds of a negative reaction lost per standard deviation
    appeal_hide: Annotated[float, Within(0, 1.5)]
    like_video_sd: Spread  # of the ln of a video's likes against others watched as far
    survey_rate: Share  # share of videos seen after which the platform asks


Table = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class ReactionTables:
    """By flag and watch ratio, numbers and not tensors, so that a graph holds them as constants."""

    rates: Table  # multipliers of odds for likes, probabilities for others
    odds: Float[Tensor, " points"]  # ln of the viewers' like odds over logits of probability
    with_like: Table  # multipliers after a like
    without: Table  # and after none
    steps: Float[Tensor, "tables flags ratios"]  # the three again, to be looked up


def _odds_quantiles(params: ReactionParams) -> np.ndarray:
    """ln odds of Beta quantiles; ln x is nearly linear in ln u, so the table is exact enough."""
    z = np.linspace(-_LIMIT, _LIMIT, _POINTS)
    beta = stats.beta(params.like_alpha, params.like_beta)
    low, high = beta.ppf(stats.logistic.cdf(z)), beta.isf(stats.logistic.sf(z))
    share = np.clip(np.where(z < 0, low, high), 1e-30, 1 - 1e-6)
    return np.log(share) - np.log1p(-share)


def _mean_chance(params: ReactionParams) -> np.ndarray:
    """P(like) over viewers and videos where the ln of all other factors of the odds is _GRID.

    Viewers by the quantiles that they are drawn from, videos' charms by Gauss-Hermite; what
    saturates is the logistic in between.
    """
    weight = stats.logistic.pdf(np.linspace(-_LIMIT, _LIMIT, _POINTS))
    odds = np.exp(_odds_quantiles(params)) * np.exp(_GRID[:, None])
    viewers = (odds / (1 + odds)) @ (weight / weight.sum())
    nodes, share = np.polynomial.hermite_e.hermegauss(15)
    sd = params.like_video_sd
    met = np.interp(_GRID[:, None] + sd * nodes - sd**2 / 2, _GRID, viewers)
    return met @ (share / share.sum())


def _multipliers(
    params: ReactionParams, rates: np.ndarray, chance: np.ndarray, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Multipliers of like odds that give `rates` (ratios,) on average, by bisection.

    `chance` (ratios, cells) says how often each cell comes up at each watch ratio, `x` (cells,)
    the ln of the odds' factors in it. Returns (ratios,), and P(like) at (ratios, cells).
    """
    at = chance / chance.sum(1, keepdims=True)
    mean = _mean_chance(params)
    low, high = np.full(len(rates), -12.0), np.full(len(rates), 12.0)
    for _ in range(60):
        middle = (low + high) / 2
        under = (at * np.interp(middle[:, None] + x, _GRID, mean)).sum(1) < rates
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return np.exp(low), np.interp(low[:, None] + x, _GRID, mean)


def tables(
    params: ReactionParams,
    told: tuple[np.ndarray, np.ndarray],
    device: torch.device | str,
    likes: np.ndarray | float = 1.0,
) -> ReactionTables:
    """Rates such that the logging policy's log comes out as `params` say, though reactions lean on
    appeal and nobody likes a video twice.

    `told` is what watching tells of appeal: chances (ratios, cells) and appeal over the mean
    (cells,). `likes` (cells,) are factors of like odds that go with the cells.
    """
    chance, over = told
    chance = chance + 1e-300  # where nobody watches so far there is a tilt all the same
    negative = ("hide", "report")
    tilt = np.array(
        [-params.appeal_hide if f in negative else params.appeal_like for f in EVENT_FLAGS]
    )
    rates = np.array([getattr(params, f"{flag}_by_ratio") for flag in EVENT_FLAGS])
    lean = (np.exp(tilt[:, None] * over) @ chance.T) / chance.sum(1)  # mean tilt at each ratio
    x = params.appeal_like * over + np.log(np.maximum(likes, 1e-12))
    like, p = _multipliers(params, rates[0], chance, x)
    # likes where another act was done, for that act leans on appeal too
    up = chance * np.exp(params.appeal_like * over)
    with_like, without = _after(params, rates, chance.sum(1), (up * p).sum(1) / up.sum(1))
    rates = np.vstack([like, (rates / lean)[1:]])
    odds = torch.tensor(_odds_quantiles(params), dtype=torch.float32, device=device)
    three = _plain(rates), _plain(with_like), _plain(without)
    return ReactionTables(three[0], odds, *three[1:], _steps(three, device))


def _steps(tables: tuple[Table, ...], device: torch.device | str) -> Tensor:
    """Their values at each watch ratio, rounded as `_climb` rounds them."""
    bins = torch.arange(len(RATIO_EDGES) + 1, device=device)
    reached = [(bins > k).float() for k in range(len(RATIO_EDGES))]
    return torch.stack([torch.stack([_climb(row, reached) for row in table]) for table in tables])


def _climb(row: tuple[float, ...], reached: list[Tensor]) -> Tensor:
    """A table's value by watch ratio: on a large page cheaper than a look-up."""
    value = row[0] + reached[0] * (row[1] - row[0])
    for k, step in enumerate(reached[1:], start=1):
        value = value + step * (row[k + 1] - row[k])
    return value


def _after(
    params: ReactionParams, rates: np.ndarray, seen: np.ndarray, liked: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Multipliers (flags, ratios) of acts after a like and after none, which keep their rates.

    `seen` is how often each watch ratio comes up, `liked` the share of likes among those who would
    act if likes told nothing.
    """
    with_like, without = np.ones_like(rates), np.ones_like(rates)
    given = {"follow": params.like_given_follow, "comment": params.like_given_comment}
    for flag, share in given.items():
        i = EVENT_FLAGS.index(flag)
        times = _likelier(share, liked, seen * rates[i])
        without[i] = 1 / (1 - liked + times * liked)  # keeps the rate over likers and others
        with_like[i] = times * without[i]
    return with_like, without


def _plain(table: np.ndarray) -> Table:
    return tuple(tuple(float(x) for x in row) for row in table)


def _likelier(share: float, liked: np.ndarray, weight: np.ndarray) -> float:
    """How many times likelier an act is after a like, for P(like | act) to be `share`."""
    if not weight.sum():
        return 1.0  # nobody does it
    low, high = 1e-3, 1e5
    for _ in range(80):
        times = (low * high) ** 0.5
        got = (weight * times * liked / (1 - liked + times * liked)).sum() / weight.sum()
        low, high = (times, high) if got < share else (low, times)
    return times


def like_odds(tables: ReactionTables, name: Tensor, key: Key) -> Float[Tensor, " viewers"]:
    """Each viewer's odds of a like, drawn from the Beta by its quantiles."""
    u = key.fold(ODDS).uniform(name)
    at = ((torch.logit(u) + _LIMIT) * ((_POINTS - 1) / (2 * _LIMIT))).clamp(0, _POINTS - 1.001)
    left = at.long()
    return torch.lerp(tables.odds[left], tables.odds[left + 1], at - left).exp()


def charm(key_of_video: Tensor, params: ReactionParams, key: Key) -> Float[Tensor, " videos"]:
    """Some videos are likeable beyond how they hold the eye: a factor on like odds, mean 1."""
    sd = params.like_video_sd
    return (sd * key.fold(CHARM).normal(key_of_video) - sd**2 / 2).exp()


def react(
    watch: Float[Tensor, "slots awake"],
    duration: Float[Tensor, "slots awake"],
    over: Float[Tensor, "slots awake"],
    like_odds: Float[Tensor, "slots awake"],
    talk: Float[Tensor, " awake"],
    tables: ReactionTables,
    params: ReactionParams,
    dice: Dice,
) -> list[Tensor]:
    """The flags of EVENT_FLAGS in order, 1 or 0, each (slots, awake); `over` is appeal above what
    the logging policy shows; `like_odds` already carries the video's own factor."""
    rates, with_like, without = _by_ratio(watch / duration, tables)
    up, down = torch.exp(params.appeal_like * over), torch.exp(-params.appeal_hide * over)
    odds = like_odds * rates(0) * up
    liked = (dice.uniform(ACTS[0]) * (1 + odds) < odds).float()
    flags = [liked]
    for i, flag in enumerate(EVENT_FLAGS[1:], start=1):
        chance = rates(i) * (down if flag in ("hide", "report") else up * talk)
        if flag in ("comment", "follow"):
            chance = chance * torch.lerp(without(i), with_like(i), liked)
        flags.append((dice.uniform(ACTS[i]) < chance).float())
    return flags


def _by_ratio(ratio: Tensor, tables: ReactionTables) -> tuple[Callable[[int], Tensor], ...]:
    """(flag) -> its value at these watch ratios, in each of the three tables."""
    reached = [(ratio >= edge).float() for edge in RATIO_EDGES]
    if ratio.numel() > FEW:
        three = tables.rates, tables.with_like, tables.without
        return tuple(partial(_stepped, table, reached) for table in three)
    place = torch.stack(reached).sum(0).long()
    found = tables.steps.flatten(0, 1).index_select(1, place.flatten())
    return tuple(table.__getitem__ for table in found.view(*tables.steps.shape[:2], *ratio.shape))


def _stepped(table: Table, reached: list[Tensor], flag: int) -> Tensor:
    return _climb(table[flag], reached)


def survey(satisfaction: Float[Tensor, "slots awake"], params: ReactionParams, dice: Dice):
    """Answers 1..5 where the viewer was asked, else 0: satisfaction seen through a coarse lens."""
    asked = dice.uniform(ASKED) < params.survey_rate
    slip = 0.12 * dice.normal(RADIUS, ANGLE)  # assumed: answers slip by half a point
    answer = (1 + 4 * (satisfaction + slip)).round().clamp(1, 5)
    return asked.float() * answer
