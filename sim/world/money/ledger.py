"""Double entry: whatever is paid is taken from one account and given to another, in whole
millionths, so that the sum over all accounts never changes."""

from dataclasses import replace

import torch
from jaxtyping import Int
from torch import Tensor

from sim.world.state.money import KINDS, PURSES, Ledger

_ELSEWHERE = PURSES.index("elsewhere")
Amount = Int[Tensor, ""]


def blank(creators: int, device: torch.device | str = "cpu") -> Ledger:
    """Nobody has anything yet."""

    def none(*shape: int) -> Tensor:
        return torch.zeros(shape, dtype=torch.int64, device=device)

    p, k = len(PURSES), len(KINDS)
    return Ledger(none(p), none(creators), none(k, p), none(k, creators))


class Open(Ledger):
    """The books of a day while entries are made: the flows of creators are written in place, for
    to copy them for each entry is most of what a night's accounts take."""


def new_day(ledger: Ledger) -> Open:
    """Balances stay, the day's entries begin anew."""
    flows = torch.zeros_like(ledger.purse_flows), torch.zeros_like(ledger.flows)
    return Open(ledger.purse, ledger.cash, *flows)


def shut(books: Ledger) -> Ledger:
    """The books when the day's entries are made."""
    return Ledger(books.purse, books.cash, books.purse_flows, books.flows)


def move(ledger: Ledger, kind: str, payer: str, payee: str, amount: Amount) -> Ledger:
    """One entry between two purses."""
    return _booked(ledger, kind, payer, payee, amount, None)


def pay(ledger: Ledger, kind: str, payer: str, amount: Int[Tensor, " creators"]) -> Ledger:
    """An entry for each creator, from a purse."""
    return _booked(ledger, kind, payer, None, amount.sum(), amount)


def collect(ledger: Ledger, kind: str, payee: str, amount: Int[Tensor, " creators"]) -> Ledger:
    """An entry for each creator, to a purse. Who has less than `amount` pays what there is: the
    ledger's flows tell how much that was."""
    paid = torch.minimum(amount, ledger.cash).clamp(min=0)
    return _booked(ledger, kind, None, payee, paid.sum(), -paid)


def spend(
    ledger: Ledger, kind: str, payer: str, payee: str | None, amount: Int[Tensor, "..."]
) -> Ledger:
    """A purse pays what its owner brings in for it: an entry from elsewhere, then the payment. To
    a purse () or, where `payee` is None, to creators (creators,)."""
    ledger = move(ledger, "budget", "elsewhere", payer, amount.sum())
    if payee is None:
        return pay(ledger, kind, payer, amount)
    return move(ledger, kind, payer, payee, amount)


def cover(ledger: Ledger, payer: str, amount: Amount) -> Ledger:
    """Before a purse pays `amount`: what it is short of is brought in from elsewhere, as an entry
    of its own, a subsidy."""
    short = (amount - ledger.purse[PURSES.index(payer)]).clamp(min=0)
    return move(ledger, "subsidy", "elsewhere", payer, short)


def total(ledger: Ledger) -> Amount:
    """Over all accounts: 0, always."""
    return ledger.purse.sum() + ledger.cash.sum()


def short(ledger: Ledger) -> Int[Tensor, ""]:
    """Accounts below 0 that may not be: all but `elsewhere`."""
    purses = (ledger.purse < 0).sum() - (ledger.purse[_ELSEWHERE] < 0).long()
    return purses + (ledger.cash < 0).sum()


def _booked(
    ledger: Ledger,
    kind: str,
    payer: str | None,
    payee: str | None,
    amount: Amount,
    cash: Tensor | None,
) -> Ledger:
    """With an entry of so much from purse to purse, and what creators get, where one of the two is
    theirs."""
    at = KINDS.index(kind)
    signs = [(purse == payee) - (purse == payer) for purse in PURSES]
    entry = torch.tensor(signs, device=amount.device) * amount
    row = torch.full_like(entry[:1], at)
    ledger = replace(
        ledger,
        purse=ledger.purse + entry,
        purse_flows=ledger.purse_flows.index_add(0, row, entry[None]),
    )
    if cash is None:
        return ledger
    if isinstance(ledger, Open):
        ledger.flows[at].add_(cash)
        return replace(ledger, cash=ledger.cash + cash)
    flows = ledger.flows.index_add(0, row, cash[None])
    return replace(ledger, cash=ledger.cash + cash, flows=flows)
