"""Money is neither made nor lost: it moves from one account to another."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from worlds import differences

from sim.world.money import ledger as books
from sim.world.state.money import BETWEEN, KINDS, PURSES, Ledger

AMOUNT = st.integers(0, 10**13)
PURSE = st.sampled_from(PURSES)
N = 5  # creators


def each(draw) -> torch.Tensor:
    return torch.tensor([draw(AMOUNT) for _ in range(N)])


@st.composite
def entry(draw):
    """A verb of the ledger with its arguments."""
    verb, kind = (
        draw(st.sampled_from(["move", "pay", "collect", "spend"])),
        draw(st.sampled_from(KINDS)),
    )
    one = torch.tensor(draw(AMOUNT))
    if verb == "move":
        return books.move, (kind, draw(PURSE), draw(PURSE), one)
    if verb == "spend":
        payee = draw(st.one_of(st.none(), PURSE))
        return books.spend, (kind, draw(PURSE), payee, each(draw) if payee is None else one)
    return getattr(books, verb), (kind, draw(PURSE), each(draw))


@given(st.lists(entry(), max_size=12))
def test_whatever_is_booked_all_balances_together_stay_nothing(entries):
    ledger = books.blank(N)
    for verb, arguments in entries:
        ledger = verb(ledger, *arguments)
        assert int(books.total(ledger)) == 0


@given(st.lists(entry(), max_size=12))
def test_the_days_entries_tell_how_every_balance_came_about(entries):
    ledger = books.blank(N)
    for verb, arguments in entries:
        ledger = verb(ledger, *arguments)
    assert torch.equal(ledger.purse_flows.sum(0), ledger.purse)
    assert torch.equal(ledger.flows.sum(0), ledger.cash)
    by_kind = ledger.purse_flows.sum(1) + ledger.flows.sum(1)
    assert by_kind.tolist() == [0] * len(KINDS)


def test_who_cannot_pay_pays_what_there_is():
    ledger = books.pay(books.blank(2), "gifts", "elsewhere", torch.tensor([50, 500]))
    ledger = books.collect(ledger, "cost", "elsewhere", torch.tensor([80, 80]))
    assert ledger.cash.tolist() == [0, 420]
    assert ledger.flows[KINDS.index("cost")].tolist() == [-50, -80]
    assert int(books.short(ledger)) == 0


def test_a_purse_that_spends_brings_in_as_much_and_is_never_short():
    ledger = books.spend(books.blank(2), "gifts", "viewers", None, torch.tensor([3, 4]))
    assert ledger.purse.tolist() == [-7, 0, 0, 0, 0, 0] and ledger.cash.tolist() == [3, 4]
    assert int(books.short(ledger)) == 0


def test_what_the_platform_lacks_is_told_as_a_subsidy():
    ledger = books.spend(books.blank(1), "ads", "advertisers", "platform", torch.tensor(10))
    covered = books.cover(ledger, "platform", torch.tensor(25))
    assert int(covered.purse[PURSES.index("platform")]) == 25
    assert int(covered.purse_flows[KINDS.index("subsidy"), PURSES.index("platform")]) == 15
    rich = books.cover(covered, "platform", torch.tensor(25))
    assert differences(rich, covered) == []


def test_an_overdrawn_account_is_noticed():
    ledger = books.pay(books.blank(2), "ads", "platform", torch.tensor([5, 0]))
    assert int(books.short(ledger)) == 1  # the platform had nothing
    assert isinstance(ledger, Ledger) and "subsidy" in BETWEEN


def test_a_new_day_forgets_the_entries_and_keeps_the_balances():
    ledger = books.spend(books.blank(2), "gifts", "viewers", None, torch.tensor([3, 4]))
    after = books.new_day(ledger)
    assert torch.equal(after.cash, ledger.cash) and torch.equal(after.purse, ledger.purse)
    assert int(after.flows.abs().sum() + after.purse_flows.abs().sum()) == 0
