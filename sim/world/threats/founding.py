"""Who is there to do harm as a world begins, and how easily viewers are hurt."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from sim.world.rng import Key, streams
from sim.world.state import HARMS, KINDS, TACTICS, Actors, Threats, Viewers
from sim.world.threats.params import ActorParams, BotParams, HarmParams

COMMON, OWN = streams("harms", "vulnerability", "vulnerability to each")
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
    actors = Actors(kind, rich, none, none, learned, learned, learned)
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
    soft = vulnerability(people.id, people.age_band, params[1], key)
    return Threats(
        actors=actors,
        actor=actor,
        harm=zero.to(torch.int8),
        severity=zero,
        evasion=zero,
        tactic=zero.long(),
        noticed=zero > 0,
        bot=torch.arange(n, device=device) >= n - bots,
        errand=none,
        vulnerability=soft,
        craving=torch.zeros_like(soft),
        harmed=torch.zeros_like(soft),
        trust=torch.ones(n, device=device),
        lost=none,
        targets=targets,
    )


def vulnerability(
    name: Int[Tensor, " viewers"], band: Int[Tensor, " viewers"], params: HarmParams, key: Key
) -> Float[Tensor, "viewers harms"]:
    """How easily each is hurt by each kind of harm; mean 1, but for the young, to whom the harm of
    the vulnerable does more."""
    p, sd = params, params.vulnerability_sd
    both = p.common**0.5 * key.fold(COMMON).normal(name)[:, None]
    own = (1 - p.common) ** 0.5 * key.fold(OWN).normal(name, len(HARMS))
    soft = (sd * (both + own) - sd**2 / 2).exp()
    more = torch.ones(len(HARMS), device=name.device)
    more[_YOUNG] = p.young
    return torch.where((band == 0)[:, None], soft * more, soft)
