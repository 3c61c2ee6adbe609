"""Where careers are laws: who works beyond the hours there are tires, and in the end gives up."""

import torch
from authored import studios

from sim.world.state import Choice


def lived(hours: float, days: int):
    made = studios(2, days=days, settings={"money": "on"})
    made.equip(None, 0.0, hours)
    rested = made.now.energy.clone()  # after the days before, which were lived by habit
    every = torch.ones(2)
    for _ in range(days):
        made.live(Choice.habit(2, count=torch.full((2,), 3), effort_quality=every))
    return made, rested


def test_overwork_takes_energy_and_rest_does_not():
    (worn, _), (fresh, before) = lived(0.5, 6), lived(24.0, 6)
    assert torch.equal(worn.now.hours, fresh.now.hours) and float(worn.now.hours.min()) > 0
    assert float(worn.now.energy.max()) < 0.2
    assert bool((fresh.now.energy >= before).all()) and float(fresh.now.energy.min()) > 0.9
    assert float(worn.now.burnout.min()) > float(fresh.now.burnout.max())
    assert bool(fresh.held.all())


def test_who_is_burnt_out_gives_up():
    made = studios(2, days=9, settings={"money": "on"})
    made._know(burnout=torch.ones_like(made.world.creators.burnout))
    made.live(Choice.habit(2, count=torch.full((2,), 1)))
    assert bool(made.now.gone.all()) and not bool(made.held.any())
