"""A platform with a window in it: it lives on, and whoever is affected may ask why.

from sim.lab.explain import Window
window = Window("mf", days=10, settings={"threats": "high"})
print(window.why_shown(viewer=7).text())
print(window.why_not_spreading(video=1234).text())
print(window.why_removed(video=1234).text())
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from sim.lab.explain.removed import Note, Removal, notes_of, removal
from sim.lab.explain.shown import Reason, reason
from sim.lab.explain.spread import Spread, spread
from sim.presets import config
from sim.presets.errors import BadInput
from sim.seats.clock import Clock, Task
from sim.seats.resident import Resident
from sim.world.state import SOURCES, Events, row_of


class Window(Task):
    """Exposure by video, day and source, and every decision on a video, as they come."""

    def __init__(
        self,
        agent: Any = "mf",
        world: str = "nano",
        days: int = 7,
        seed: int = 0,
        platform: str = "kuaishou",
        settings: Mapping[str, Any] | None = None,
    ):
        """The first `days` of a platform; the clock then stands at the morning after. Raises
        BadInput and AgentFailed."""
        self.params = config.resolve(world, platform, dict(settings or {}))
        self.clock = Clock(self.params, Resident(agent), self)
        self.exposure: dict[int, Tensor] = {}  # by video (days, sources)
        self.notes: dict[int, list[Note]] = {}  # by video
        self.days = days
        self.clock.start(seed)
        for _ in range(days):
            self.clock.live()
        self.clock.turn()

    def morning(self, clock: Clock) -> None:
        for video, note in notes_of(clock.world, clock.day):
            self.notes.setdefault(video, []).append(note)

    def page(self, clock: Clock, events: Events) -> None:
        ids, source = events.ids[events.response.seen], events.source[events.response.seen]
        both, count = torch.unique(ids * len(SOURCES) + source, return_counts=True)
        for name, n in zip(both.tolist(), count.tolist(), strict=True):
            video, kind = divmod(name, len(SOURCES))
            table = self.exposure.get(video)
            if table is None:
                table = self.exposure[video] = torch.zeros(self.days + 1, len(SOURCES)).long()
            table[clock.day, kind] += n

    def why_shown(self, viewer: int | None = None, video: int | None = None) -> Reason:
        """Why `viewer` (a permanent id) would be shown `video` on its next page: the parts of the
        score and what would change it. The first who asks for a page, and the best video for whom
        it is, if they are left out."""
        request = self.clock.request
        asking = request.viewer.tolist()
        if viewer is not None and viewer not in asking:
            near = ", ".join(map(str, asking[:5]))
            raise BadInput("a viewer asks for a page this morning", viewer, f"Such are {near}.")
        at = 0 if viewer is None else asking.index(viewer)
        return reason(self.clock, at, video)

    def why_not_spreading(self, video: int) -> Spread:
        """Where a video's impressions came from, day by day, and what holds it back now."""
        self._known(video)
        return spread(self.clock, video, self.exposure.get(video), self._told(video))

    def why_removed(self, video: int) -> Removal:
        """By what rule and whom a video was taken down, and what its creator can do about it."""
        self._known(video)
        return removal(self.clock, video, self._told(video))

    def removed(self) -> list[int]:
        """Videos in the catalogue that are taken down now."""
        videos = self.clock.world.videos
        return videos.id[videos.removed & (videos.id > 0)].tolist()

    def _known(self, video: int) -> None:
        videos = self.clock.world.videos
        held = videos.id[row_of(torch.tensor(video), len(videos.id))] if video > 0 else 0
        if int(held) != video:
            some = videos.id[videos.id > 0][:3].tolist()
            cure = f"Videos leave the catalogue in the end; {some} are there."
            raise BadInput("a video is in the catalogue", video, cure)

    def _told(self, video: int) -> list[Note]:
        return self.notes.get(video, [])
