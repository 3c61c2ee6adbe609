"""Who is there to do harm as a world begins, and how easily viewers are hurt."""

from dataclasses import dataclass, fields

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.rng import Key, streams
from sim.world.state import HARMS, KINDS, TACTICS, Actors, Threats, Viewers
from sim.world.threats.params import ActorParams, BotParams, HarmParams

(SOFT,) = streams("harms", "vulnerability and zeal")
_YOUNG = HARMS.index("D")


def founded(
    counts: tuple[int, ...], creators: int, params: ActorParams, open_: int, device
) -> tuple[Actors, Int[Tensor, " creators"], Int[Tensor, "actors targets"]]:
    """The actors, by kind `counts` of them; who runs which account; and no targets yet. Accounts
    of actors are the last rows of creators, each actor's side by side."""
    kind = torch.arange(len(KINDS), device=device)
    kind = kind.repeat_interleave(torch.tensor(counts, device=device))
    n = len(kind)
    learned = torch.zeros(n, len(TACTICS), device=device)
    none = torch.zeros(n, dtype=torch.int64, device=device)
    run = (torch.arange(n, device=device) + 1).repeat_interleave(params.accounts)
    actor = torch.zeros(creators, dtype=torch.int64, device=device)
    actor[creators - len(run) :] = run
    rich = torch.full((n,), params.allowance, device=device)
    actors = Actors(kind, rich, none, none, rich * 0, learned, learned, learned)
    return actors, actor, none[:, None].repeat(1, open_)


def blank(
    people: Viewers,
    creators: int,
    videos: int,
    counts: tuple[int, ...],
    params: tuple[ActorParams, HarmParams, BotParams],
    bots: int,
    key: Key,
) -> Threats:
    """Nobody was harmed yet. The last `bots` rows of viewers are fake accounts."""
    device, n = people.id.device, len(people.id)
    actors, actor, targets = founded(counts, creators, params[0], params[2].open, device)
    zero = torch.zeros(videos, device=device)
    none = torch.zeros(n, dtype=torch.int64, device=device)
    return Threats(
        actors=actors,
        actor=actor,
        harm=zero.to(torch.int8),
        severity=zero,
        evasion=zero,
        tactic=zero.long(),
        noticed=zero > 0,
        done=zero.long(),
        bot=torch.arange(n, device=device) >= n - bots,
        errand=none,
        targets=targets,
        **vars(unharmed(people.id, people.age_band, params[1], key)),
    )


@dataclass(frozen=True)
class Unharmed:
    """What Threats holds of viewers who saw nothing yet."""

    vulnerability: Float[Tensor, "viewers harms"]
    craving: Float[Tensor, "viewers harms"]
    harmed: Float[Tensor, "viewers harms"]
    trust: Float[Tensor, " viewers"]
    zeal: Float[Tensor, " viewers"]
    lost: Int[Tensor, " viewers"]


UNHARMED = tuple(field.name for field in fields(Unharmed))


def unharmed(
    name: Int[Tensor, " viewers"], band: Int[Tensor, " viewers"], params: HarmParams, key: Key
) -> Unharmed:
    """People as they come. How easily each is hurt by each kind of harm has mean 1, but the harm
    of the vulnerable does more to the young."""
    p, sd = params, params.vulnerability_sd
    both, zeal, own = key.fold(SOFT).normal(name, 2 + len(HARMS)).tensor_split([1, 2], dim=1)
    mixed = p.common**0.5 * both + (1 - p.common) ** 0.5 * own
    soft = (sd * mixed - sd**2 / 2).exp()
    of_young = torch.where(band == 0, p.young, 1.0)
    soft = torch.cat(
        [soft[:, :_YOUNG], (soft[:, _YOUNG] * of_young)[:, None], soft[:, _YOUNG + 1 :]], 1
    )
    eager = (p.report_sd * zeal[:, 0] - p.report_sd**2 / 2).exp()
    zero, whole = torch.zeros_like(soft), torch.ones_like(eager)
    return Unharmed(soft, zero, zero.clone(), whole, eager, torch.zeros_like(name))
