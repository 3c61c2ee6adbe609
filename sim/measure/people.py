"""A day without its fake accounts: what is told of viewers is told of people."""

from dataclasses import replace

from torch import Tensor

from sim.world.state import Events, World, rows, take


def people_only(world: World, events: list[Events]) -> tuple[World, list[Events]]:
    """The world as if fake accounts were not registered, and the pages without theirs."""
    if world.threats is None:
        return world, events
    bot = world.threats.bot
    viewers = replace(world.viewers, registered=world.viewers.registered & ~bot)
    mood = replace(world.mood, present=world.mood.present & ~bot)
    return replace(world, viewers=viewers, mood=mood), [_without(e, bot) for e in events]


def _without(e: Events, bot: Tensor) -> Events:
    keep = (~bot[e.request.row]).nonzero().squeeze(1)
    if len(keep) == len(bot[e.request.row]):
        return e
    return replace(
        e,
        request=take(e.request, keep),
        ids=e.ids[keep],
        source=e.source[keep],
        logp=e.logp[keep],
        response=take(e.response, keep),
        ads=e.ads and rows(e.ads, lambda field: field[:, keep]),
        ads_seen=None if e.ads_seen is None else e.ads_seen[keep],
    )
