"""What values an agent's settings may take: notes in their types, which `--set agent.KEY` is held
to. Wide on purpose; beyond them an agent fails, stands still or needs more memory than there is."""

from typing import Annotated

from sim.world.ranges import Within

Many = Annotated[int, Within(1, 100_000_000)]  # impressions, viewers, videos
Some = Annotated[int, Within(0, 100_000)]  # of which none may do
Few = Annotated[int, Within(1, 10_000)]  # rounds, pages, draws
Width = Annotated[int, Within(1, 1024)]  # of a vector or a layer
Rate = Annotated[float, Within(0, 10)]  # of learning
Share = Annotated[float, Within(0, 1)]
Weight = Annotated[float, Within(0, 1_000_000)]  # views' worth, powers, days, temperatures
