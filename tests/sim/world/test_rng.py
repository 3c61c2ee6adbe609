import math

import pytest
import torch
from scipy import stats

from sim.world.rng import Dice, key, mixing, streams

MANY = 1 << 17
NAMES = torch.arange(MANY)
SIX = streams("tests of dice", *"abcdef")
FOUR = (0, 1, 2, 3)  # numbers that differ in their last bits alone


def correlation(a, b) -> float:
    return float(stats.pearsonr(a.numpy(), b.numpy()).statistic)


def along(axis: str, n: int) -> torch.Tensor:
    """n uniforms that differ in one thing only."""
    if axis == "name":
        return key(3).uniform(torch.arange(n))
    if axis == "column":
        return key(3).uniform(torch.tensor([7]), n)[0]
    root = key(3)
    one = torch.tensor([7])
    child = root.fold if axis == "step" else key
    return torch.cat([child(i).uniform(one) for i in range(n)])


def test_draws_are_uniform_and_never_touch_the_ends():
    draws = key(0).uniform(torch.arange(1_000_000))
    assert draws.min() > 0 and draws.max() < 1
    assert stats.kstest(draws.numpy(), "uniform").pvalue > 1e-3


@pytest.mark.parametrize("axis", ["step", "seed", "column"])
def test_draws_along_steps_seeds_and_columns_are_uniform(axis):
    assert stats.kstest(along(axis, 4000).numpy(), "uniform").pvalue > 1e-3


def test_the_largest_and_the_smallest_draw_have_a_finite_gumbel():
    ends = (torch.tensor([0, (1 << 23) - 1]).float() + 0.5) * 2.0**-23
    assert (ends > 0).all() and (ends < 1).all()
    assert torch.isfinite(-torch.log(-torch.log(ends))).all()


def test_a_draw_belongs_to_its_name_and_column_alone():
    everyone = key(1).uniform(torch.arange(100), 10)
    some = key(1).uniform(torch.tensor([70, 3]), 4)
    torch.testing.assert_close(some, everyone[[70, 3], :4], rtol=0, atol=0)
    square = key(1).uniform(torch.arange(100).view(10, 10))
    torch.testing.assert_close(square.flatten(), key(1).uniform(torch.arange(100)), rtol=0, atol=0)


@pytest.mark.parametrize("kind", ["integer", "normal", "gumbel"])
def test_every_kind_of_draw_belongs_to_its_name(kind):
    def draw(names):
        more = (1000,) if kind == "integer" else ()
        return getattr(key(1), kind)(names, *more, 3)

    some = torch.tensor([70, 3])
    torch.testing.assert_close(draw(some), draw(torch.arange(100))[some], rtol=0, atol=0)


def test_neighbouring_steps_are_uncorrelated():
    now, then = (key(2).fold(step).uniform(NAMES) for step in (7, 8))
    assert abs(correlation(now, then)) < 4 / MANY**0.5


def test_neighbouring_streams_of_one_step_are_uncorrelated():
    one, two = (key(2).fold(stream).fold(7).uniform(NAMES) for stream in (0, 1))
    assert abs(correlation(one, two)) < 4 / MANY**0.5


def test_neighbouring_names_are_uncorrelated():
    draws = key(2).uniform(NAMES)
    for lag in (1, 2, 3, 16, 256, 4096):
        assert abs(correlation(draws[:-lag], draws[lag:])) < 4.5 / MANY**0.5


def test_neighbouring_columns_are_uncorrelated():
    draws = key(2).uniform(NAMES, 4)
    for left, right in ((0, 1), (1, 2), (2, 3), (0, 3)):
        assert abs(correlation(draws[:, left], draws[:, right])) < 4.5 / MANY**0.5


def test_a_seed_and_the_next_are_uncorrelated():
    assert abs(correlation(key(4).uniform(NAMES), key(5).uniform(NAMES))) < 4 / MANY**0.5


@pytest.mark.parametrize(("axis", "n"), [("name", 1 << 15), ("column", 1 << 15), ("step", 1 << 12)])
def test_draws_meet_as_often_as_birthdays_do(axis, n):
    """Of n values among 2^23, n - m (1 - (1 - 1/m)^n) are repeats."""
    m = 1 << 23
    repeats = n - len(along(axis, n).unique())
    expected = n + m * math.expm1(n * math.log1p(-1 / m))
    assert stats.poisson.cdf(repeats, expected) > 1e-3
    assert stats.poisson.sf(repeats - 1, expected) > 1e-3


@pytest.mark.parametrize("by_column", [False, True])
def test_spacings_between_birthdays_repeat_as_they_should(by_column):
    """Marsaglia's test: of m birthdays in n days, about m^3 / 4n spacings are repeats."""
    m, n, repeats = 512, 1 << 23, 0
    for i in range(40):
        names = torch.tensor([i]) if by_column else torch.arange(m) + i * m
        draws = key(6).fold(0).uniform(names, *([m] if by_column else [])).flatten()
        space = (draws * n).long().sort().values.diff()
        repeats += m - 1 - len(space.unique())
    expected = 40 * m**3 / (4 * n)
    assert stats.poisson.cdf(repeats, expected) > 1e-3
    assert stats.poisson.sf(repeats - 1, expected) > 1e-3


def test_names_beyond_32_bits_share_their_draws_no_more_than_chance_would():
    creator, post = torch.arange(5000, 6000), torch.arange(100)
    names = (creator[:, None] * (1 << 20) + post).flatten()  # how a video's own draws are keyed
    pairs = torch.stack([key(0).fold(i).uniform(names) for i in range(2)], dim=1)
    expected = len(names) ** 2 / 2 / 2**32
    assert len(names) - len(pairs.unique(dim=0)) <= stats.poisson.isf(1e-3, expected)


@pytest.mark.parametrize("rate", [0.05, 1.0, 6.5])
def test_counts_are_poisson(rate):
    names = torch.arange(50_000)
    counts = key(8).poisson(names, torch.full((50_000,), rate), 40).double()
    assert abs(counts.mean() - rate) < 4 * (rate / 50_000) ** 0.5
    spread = (stats.poisson(rate).stats("k") + 2) * rate**2  # variance of the squared deviation
    assert abs(counts.var() - rate) < 4 * (float(spread) / 50_000) ** 0.5
    top = int(stats.poisson.ppf(0.999, rate))
    got = torch.bincount(counts.long().clamp(max=top + 1), minlength=top + 2).double()
    chance = stats.poisson.pmf(range(top + 1), rate)
    chance = [*chance, 1 - chance.sum()]
    assert stats.chisquare(got.numpy(), 50_000 * torch.tensor(chance).numpy()).pvalue > 1e-3


def test_counts_are_cut_off_at_the_most_allowed():
    counts = key(8).poisson(torch.arange(1000), torch.full((1000,), 30.0), 3)
    assert counts.max() == 3


def test_whole_numbers_are_even_and_in_range():
    counts = torch.bincount(key(9).integer(NAMES, 7), minlength=7)
    assert len(counts) == 7
    assert stats.chisquare(counts.numpy()).pvalue > 1e-3


def test_whole_numbers_take_a_bound_of_their_own_each():
    below = torch.tensor([1, 2, 5, 1_000_000])
    draws = key(9).integer(torch.arange(4000).view(1000, 4), below)
    assert (draws < below).all() and (draws >= 0).all()
    assert (draws[:, 0] == 0).all() and len(draws[:, 2].unique()) == 5


def test_normal_draws_are_normal_and_bounded():
    draws = key(10).normal(torch.arange(200_000))
    assert stats.kstest(draws.numpy(), "norm").pvalue > 1e-3
    assert draws.abs().max() < 5.7


def test_normal_draws_of_neighbouring_names_and_columns_are_uncorrelated():
    draws = key(10).normal(NAMES, 2)
    assert abs(correlation(draws[:, 0], draws[:, 1])) < 4 / MANY**0.5
    assert abs(correlation(draws[1:, 0], draws[:-1, 0])) < 4 / MANY**0.5


def test_gumbel_draws_are_gumbel():
    assert stats.kstest(key(11).gumbel(NAMES).numpy(), "gumbel_r").pvalue > 1e-3


def test_a_key_folds_alike_in_plain_numbers_and_in_tensors():
    """A CPU folds one, a GPU the other."""
    edges = [0, 1, -1, (1 << 63) - 1, -(1 << 63)]
    data = torch.cat([torch.tensor(edges), key(4).integer(torch.arange(2000), 1 << 62)])
    data = torch.cat([data, -data, data * 0x5DEECE66D])
    plain = torch.stack([mixing.folded(word) for word in data])
    assert torch.equal(plain, mixing.scrambled(data))


@pytest.mark.gpu
def test_the_gpu_draws_the_same_integers():
    names = torch.arange(-5, 100_000) * 7919
    for draw in ("uniform", "integer"):
        more = (1_000_003,) if draw == "integer" else ()
        here = getattr(key(12).fold(3), draw)(names, *more, 4)
        there = getattr(key(12, "cuda").fold(3), draw)(names.cuda(), *more, 4)
        assert torch.equal(here, there.cpu())


def test_dice_depend_on_the_name_the_slot_and_the_stream_alone():
    many, few = key(11).dice(SIX, 10).cast(NAMES), key(11).dice(SIX[3:], 3).cast(NAMES.flip(0))
    for stream in SIX[3:]:
        assert torch.equal(many.uniform(stream)[:3], few.uniform(stream).flip(1))


def test_dice_thrown_together_fall_as_one_by_one():
    """Few are thrown together, since each call costs more than its numbers."""
    word, names = key(5).dice(FOUR, 3), torch.arange(50)
    together = word.cast(names)
    alone = Dice(FOUR, together.word, word.salt)
    assert together.thrown is not None and alone.thrown is None
    for stream in FOUR:
        assert torch.equal(together.uniform(stream), alone.uniform(stream))
    assert torch.equal(together.normal(*FOUR[1:3]), alone.normal(*FOUR[1:3]))
    assert torch.equal(
        together.uniform(FOUR[2]), alone.uniform(FOUR[2])
    )  # a draw is no less for being used


def test_dice_are_even_and_no_slot_or_stream_tells_of_another():
    dice = key(12).dice(FOUR, 3).cast(torch.arange(100_000))
    draws = torch.cat([dice.uniform(stream) for stream in FOUR])
    for row in draws:
        assert stats.kstest(row.numpy(), "uniform").pvalue > 1e-4
    found = torch.corrcoef(draws.double()) - torch.eye(len(draws))
    assert found.abs().max() < 4.5 / 100_000**0.5
    normal = dice.normal(*FOUR[:2])
    assert stats.kstest(normal.flatten().numpy(), "norm").pvalue > 1e-4
