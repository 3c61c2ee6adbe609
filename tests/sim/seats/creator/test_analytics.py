"""An account's figures are what happened: counted again from the events, and as late as told."""

import torch
from authored import studios

from sim.world.state import FLOWS, POINTS, Choice, row_of


class Witness:
    """Keeps the events of every page."""

    def __init__(self, made):
        self.events, self.made = [], made
        self.page = made.page
        made.page = self

    def __call__(self, clock, events):
        self.events.append((events, clock.world.videos))
        self.page(clock, events)


def posts(n: int, seats: int) -> Choice:
    return Choice.habit(seats, count=torch.full((seats,), n))


def test_figures_of_a_day_are_those_of_its_events():
    made = studios(6)
    made.live(posts(2, 6))
    witness = Witness(made)
    made.live(posts(2, 6))
    creator = made.world.creators.id[made.row]
    total = torch.zeros(6, 4)
    for events, videos in witness.events:
        own = videos.creator[row_of(events.ids, len(videos.id))]
        for seat in range(6):
            mine = events.response.seen & (own == creator[seat]) & (events.ids > 0)
            watch = events.response.watch[mine]
            total[seat, 0] += int(mine.sum())
            total[seat, 1] += float(watch.sum())
            total[seat, 2] += int(events.response.did("like")[mine].sum())
            total[seat, 3] += int(events.response.did("follow")[mine].sum())
    names = ("impressions", "watch_s", "likes", "gained")
    today = made.analytics.now.flows[:, -1]
    found = torch.stack([today[:, FLOWS.index(name)] for name in names], 1)
    assert total[:, 0].min() > 0
    torch.testing.assert_close(found, total)
    torch.testing.assert_close(made.analytics.now.sources[:, -1].sum(1), total[:, 0])
    ages = made.analytics.now.audience[:, -1, :6].sum(1)
    torch.testing.assert_close(ages, total[:, 0])


def test_what_is_shown_is_as_old_as_the_delay():
    told = {delay: studios(3, delay=delay, days=9) for delay in (0, 1, 3)}
    days = {delay: [] for delay in told}
    for _ in range(6):
        for delay, made in told.items():
            made.live(posts(1, 3))
            days[delay].append(made.observe())
    for delay in (1, 3):
        late, now = days[delay][5], days[0][5 - delay]
        assert torch.equal(late.flows, now.flows) and torch.equal(late.followers, now.followers)
        assert not torch.equal(late.flows, days[0][5].flows)
        assert torch.equal(late.cash, days[0][5].cash) and torch.equal(late.hours, days[0][5].hours)


def test_a_retention_curve_falls_and_ends_at_the_share_that_finished():
    made = studios(6, delay=0, days=5)
    for _ in range(4):
        made.live(posts(2, 6))
    seen = made.observe()
    there = (seen.video > 0) & (seen.of_video("impressions") > 0)
    assert there.sum() > 10
    curve = seen.retention[there]
    assert curve.shape[1] == POINTS and bool((curve[:, 1:] <= curve[:, :-1]).all())
    finished = seen.of_video("finishes")[there] / seen.of_video("impressions")[there]
    torch.testing.assert_close(curve[:, -1], finished)


def test_followers_are_those_gained_less_those_lost():
    made = studios(8, delay=0, days=9)
    before = made.observe().followers
    gained = lost = 0
    for _ in range(6):
        made.live(posts(3, 8))
        today = made.analytics.now.flows[:, -1]
        gained = gained + today[:, FLOWS.index("gained")].long()
        lost = lost + today[:, FLOWS.index("lost")].long()
    assert torch.equal(made.observe().followers, before + gained - lost)
    assert int(gained.sum()) > 0
