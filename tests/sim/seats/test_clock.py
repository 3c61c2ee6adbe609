import torch
from worlds import differences, nano

from agents.recommender.popular import Popular
from sim.seats.clock import Clock, Task
from sim.seats.resident import Habits, Resident
from sim.world.state import Decisions, Posts, Slate, by_habit

PARAMS = nano("size.viewers=120")


def lived(task=None, days=2, agent="random"):
    clock = Clock(PARAMS, Resident(agent), task)
    clock.start(3)
    return clock, [events for _ in range(days) for events in clock.live()]


class Diary(Task):
    """Notes what it is told."""

    def __init__(self):
        self.heard = []

    def morning(self, clock):
        self.heard.append(("morning", clock.day, clock.page))

    def page(self, clock, events):
        self.heard.append(("page", int(events.day), int(events.page)))


def test_a_clock_tells_mornings_and_pages_in_their_order():
    diary = Diary()
    clock, events = lived(diary)
    pages = [(int(e.day), int(e.page)) for e in events]
    expected = [("morning", 0, 0), *(("page", d, p) for d, p in pages if d == 0)]
    expected += [("morning", 1, 0), *(("page", d, p) for d, p in pages if d == 1)]
    assert diary.heard == expected
    assert [p for d, p in pages if d == 0] == list(range(sum(d == 0 for d, _ in pages)))
    assert not clock.asked and clock.day == 1


def test_ticks_are_the_days_that_live_lives():
    one, events = lived()
    other = Clock(PARAMS, Resident("random"))
    other.start(3)
    diary = Diary()
    other.task = diary
    while other.day < 1 or other.asked:
        other.tick()
    assert sum(kind == "page" for kind, *_ in diary.heard) == len(events)
    assert differences(one.world, other.world) == []


class Half(Task):
    """Every other viewer awake is served by a seat: nothing at all."""

    def slate(self, clock, own):
        own[::2] = True
        return Slate(torch.zeros(len(own), clock.rules.params.size.slots, dtype=torch.int64))


def test_the_resident_serves_exactly_those_whom_no_seat_serves():
    _, events = lived(Half(), days=1, agent="popular")
    seated, others = events[0].response.seen[::2], events[0].response.seen[1::2]
    assert not seated.any() and others[:, 0].all()
    assert events[0].logp[1::2].isfinite().any() and not events[0].logp[::2].isfinite().any()


class Owners(Task):
    """A creator and a moderator sit: one posts five videos a day, the other takes one down."""

    def __init__(self):
        self.gone = set()

    def decide(self, clock):
        posts = by_habit(Posts, len(clock.world.creators.id))
        posts.count[2] = 5
        ids = clock.listing.id[clock.listing.eligible][:1]
        self.gone |= set(ids.tolist())
        return Decisions(posts=posts, removals=ids)


def test_creators_and_moderators_decide_at_every_turn():
    clock = Clock(PARAMS, Resident("popular"), Owners())
    clock.start(3)
    before = clock.world.creators.posts.clone()
    shown = []
    for _ in range(2):
        clock.turn()
        while clock.asked:
            shown.append((set(clock.task.gone), clock.serve().ids))
    assert int((clock.world.creators.posts - before)[2]) == 10
    for gone, ids in shown:
        assert not gone & set(ids.flatten().tolist())


def test_pages_wait_until_they_are_due_and_none_is_left_at_night():
    lengths = []

    class Counts(Popular):
        def learn(self, log):
            lengths.append(len(log))
            return {"impressions": float(len(log))}

    clock = Clock(PARAMS, Resident(Counts, Habits(learn_every=3)))
    clock.start(3)
    events = clock.live()
    assert len(lengths) == -(-len(events) // 3)
    assert sum(lengths) == sum(int(e.response.seen.sum()) for e in events)
    assert clock.resident.told()["impressions"] == sum(lengths) / len(lengths)
