import pytest
import torch
from worlds import (
    blank_memory,
    copy_of,
    differences,
    live_through,
    nano_rules,
    people,
    random_slate,
    stock,
    with_parts,
)

from sim.measure import brands
from sim.world import brand, platform
from sim.world.brand import bonds
from sim.world.rng import key
from sim.world.state import (
    FELT_BITS,
    GLAD_BITS,
    SEGMENTS,
    SOURCES,
    TIES,
    Memory,
    blank_brand,
    following,
)

RULES = nano_rules("money=on")
P = RULES.params.brand
SEEN = 1 << FELT_BITS
IDS = torch.arange(1, 4)


def fans(bond=0.4, felt=0, n=1, creator=2) -> Memory:
    """Viewers who follow one creator each."""
    memory = blank_memory(n, 4)
    follows = torch.zeros(n, 4, dtype=torch.int64)
    follows[:, 1] = creator
    held = torch.zeros(n, 4)
    held[:, 1] = torch.as_tensor(bond)
    feelings = torch.zeros(n, 4, dtype=torch.int64)
    feelings[:, 1] = felt
    parts = {"follows": follows, "bond": held, "felt": feelings, "feed": follows * 0}
    return Memory(**{**vars(memory), **parts})


def night(memory, acts=0.0, here=True, **changes):
    params = with_parts(RULES.params, brand={"unfollow": 0.0, **changes}).brand
    held = blank_brand(3, 4, 2, "cpu")
    crowd = people(len(memory.follows))
    present = torch.full((len(memory.follows),), here)
    return brand.night(memory, crowd, held, present, torch.full((3,), acts), IDS, params, key(1))


def bond_after(**how):
    parts = {k: how.pop(k) for k in ("bond", "felt", "n", "creator") if k in how}
    return float(night(fans(**parts), **how)[0].bond[0, 1])


def test_a_word_of_feelings_holds_views_and_what_they_did_also_below_zero():
    memory = fans()
    two, usual, none = torch.zeros(2).long(), torch.full((2,), 0.6), torch.zeros(2).long()
    bonds.feelings(memory, two, two + 1, torch.tensor([0.9, 0.1]), usual, none)
    felt = int(memory.felt[0, 1])
    assert (felt + SEEN // 2) >> FELT_BITS == 2
    assert felt - 2 * SEEN == 300 - 500
    assert not memory.felt[0, [0, 2, 3]].any()


def test_trust_breaks_faster_than_it_builds_and_a_bond_forgives():
    idle = bond_after()
    up, down = bond_after(felt=SEEN + 300) - idle, bond_after(felt=SEEN - 300) - idle
    assert up > 0 > down and -down > 1.1 * up
    even = {"breaks": 1.0, "forgive": 0.0, "bond": 0.5}
    rise, fall = (bond_after(felt=SEEN + f, **even) - bond_after(**even) for f in (300, -300))
    assert abs(rise + fall) < 1e-6
    lost = [bond_after(felt=SEEN - 300, bond=0.9, forgive=f) for f in (0.0, 1.0)]
    assert lost[1] > lost[0]


def test_each_further_video_of_one_creator_on_a_day_tires_unless_nobody_does():
    one, three = bond_after(felt=SEEN), bond_after(felt=3 * SEEN)
    assert three < one
    assert bond_after(felt=3 * SEEN, tire=0.0) == bond_after(felt=SEEN, tire=0.0)


def test_community_acts_reach_followers_alone():
    sure = {"act_reach": 1.0}
    assert bond_after(acts=1.0, **sure) > bond_after(acts=0.0, **sure)
    assert bond_after(acts=1.0, community=0.0, **sure) == bond_after(acts=0.0)
    memory, _ = night(fans(creator=0, bond=0.0), acts=5.0)
    assert not memory.bond.any()


def test_an_act_is_met_by_a_part_of_those_followers_who_came():
    def met(**how):
        memory, _ = night(fans(n=20_000), **how)
        return float((memory.bond[:, 1] > bond_after()).float().mean())

    assert met(acts=1.0, act_reach=0.1) == pytest.approx(0.1, abs=0.01)
    assert met(acts=2.0, act_reach=0.1) == pytest.approx(0.19, abs=0.01)
    assert met(acts=1.0, act_reach=1.0, here=False) == 0


def test_weak_bonds_end_sooner_and_a_year_takes_about_what_is_published():
    def lost(bond):
        memory, held = fans(bond=bond, n=20_000), None
        for day in range(30):
            memory, held = brand.night(
                memory, people(20_000), blank_brand(3, 4, 2, "cpu"),
                torch.ones(20_000, dtype=torch.bool), torch.zeros(3), IDS,
                with_parts(RULES.params, brand={"bond_keep": 1.0}).brand, key(1).fold(day),
            )  # fmt: skip
        return 1 - float((memory.follows > 0).sum()) / 20_000, held

    usual, weak, strong = (lost(b)[0] for b in (P.usual_bond, 0.05, 0.9))
    assert weak > usual > strong
    spread = 2 * P.usual_bond * torch.rand(20_000, generator=torch.Generator().manual_seed(1))
    assert 0.22 <= 1 - (1 - lost(spread)[0]) ** (365 / 30) <= 0.26


def test_the_place_of_a_follow_is_read_with_the_creator():
    memory = blank_memory(1, 4)
    memory.follows[0] = torch.tensor([7, 3, 0, 4_000_000])
    held, bond = following(memory, torch.tensor([0])), torch.tensor([[0.1, 0.2, 0.0, 0.9]])
    shown = torch.tensor([[3.0], [4_000_000.0], [8.0], [3_999_999.0]])
    weight, tie = brand.warmth(held, bond, shown, P)
    assert tie[:, 0].tolist() == [2, 4, 0, 0]
    expected = torch.tensor([1 + P.pull * (b - P.usual_bond) for b in (0.2, 0.9)])
    torch.testing.assert_close(weight[:2, 0], expected)
    assert not weight[2:].any() and RULES.params.size.followed < TIES // 2
    flat = with_parts(RULES.params, brand={"pull": 0.0}).brand
    assert brand.warmth(held, bond, shown, flat)[0][:, 0].tolist() == [1, 1, 0, 0]


def test_answers_are_read_by_followers_who_wrote_nothing():
    held = blank_brand(3, 4, 2, "cpu")
    held.answered[1] = 1.0
    felt = brand.overheard(held, torch.tensor([0, 1]), P)
    assert felt.tolist() == pytest.approx([0.0, P.reads * P.heard])
    rests = with_parts(RULES.params, brand={"heard": 0.0}).brand
    assert not brand.overheard(held, torch.tensor([0, 1]), rests).any()


def fit(world) -> tuple[float, float]:
    """Followers' mean taste for the field, and liking for the style, of those whom they follow."""
    who, place = (world.memory.follows > 0).nonzero(as_tuple=True)
    by = world.memory.follows[who, place] - 1
    people, authors = world.viewers, world.creators
    taste = people.taste[who, authors.niche[by]] - people.taste[who].mean(1)
    style = (people.leaning[who] * authors.style[by]).sum(1)
    return float(taste.mean()), float(style.mean())


def test_first_follows_go_to_whom_one_likes_unless_only_one_was_heard_of():
    chosen, blind = (
        platform.init(nano_rules("money=on", f"brand.picks={n}"), key(0)) for n in (2, 1)
    )
    assert all(0.2 < value < 0.6 for value in fit(chosen))
    assert all(abs(value) < 0.1 for value in fit(blind))
    follows = [float((w.memory.follows > 0).sum()) for w in (chosen, blind)]
    assert follows[0] == follows[1]
    before = platform.init(nano_rules(), key(0)).memory.follows
    assert (blind.memory.follows == before).all()


def test_new_follows_take_the_weakest_place_and_its_feelings_go():
    memory = fans(bond=0.4, felt=SEEN)
    memory.follows[0], memory.bond[0] = IDS[[0, 1, 2, 0]] + 10, torch.tensor([0.5, 0.1, 0.3, 0.4])
    made = torch.tensor([[True, False]])
    brand.remember(memory, torch.tensor([0]), torch.tensor([[2, 3]]), made, P)
    assert memory.follows[0].tolist() == [11, 2, 13, 11]
    assert abs(float(memory.bond[0, 1]) - P.first_bond) < 1e-6 and int(memory.felt[0, 1]) == 0


def seen_by(videos, brand_, **changes):
    params = with_parts(RULES.params, brand=changes).brand
    return brand.fade(brand_, videos, people(100), params)


def test_awareness_is_a_leaky_stock_of_those_who_were_reached():
    held = blank_brand(3, 4, 2, "cpu")
    held.met[0, 0] = 50 * ((1 << GLAD_BITS) + 700)
    after = seen_by(stock(3), held)
    reached = 1 - torch.exp(torch.tensor(-0.5))
    torch.testing.assert_close(after.awareness[0, 0], P.recall * reached)
    assert after.audience[0].tolist() == [50, *[0] * (SEGMENTS - 1)]
    torch.testing.assert_close(after.satisfied[0] / after.seen[0], torch.tensor(0.7))
    later = after
    for _ in range(7):
        later = seen_by(stock(3), later)
    torch.testing.assert_close(later.awareness, after.awareness * P.weekly_keep)


def test_one_topic_in_one_style_is_a_clear_association_and_anything_is_none():
    n = 40
    style = torch.tensor([[1.0, 0.0]]).expand(n, 2).clone()
    topic = torch.arange(n) % 4
    kinds = {
        "clear": (topic * 0, style),
        "scattered": (topic, style * (1 - 2 * (topic % 2))[:, None]),
    }
    found = {}
    for name, (about, looks) in kinds.items():
        held = blank_brand(3, 4, 2, "cpu")
        held.met[0, 0] = n * (1 << GLAD_BITS)
        shown = stock(n, topic=about, topic2=about, style=looks, views_today=torch.ones(n).long())
        after = seen_by(shown, held)
        parts = brand.equity(after, torch.zeros(3).long(), torch.ones(SEGMENTS))
        found[name] = float(parts.association[0])
    assert abs(found["clear"] - n / (n + 10)) < 1e-5
    assert abs(found["scattered"] - 0.25 * n / (n + 10)) < 1e-5  # topics' half of their resultant


def test_a_world_with_brands_lives_and_its_parts_are_shares():
    world, events = live_through(RULES, days=3, pages=3)
    parts = brands.equity(world)
    for name in brands.PARTS:
        value = getattr(parts, name)
        assert ((value >= 0) & (value <= 1)).all(), name
    product = parts.awareness * parts.association * parts.perceived_quality * parts.loyalty
    torch.testing.assert_close(parts.brand_equity, product**0.25)
    assert float(parts.brand_equity.max()) > 0
    bond, follows = world.memory.bond, world.memory.follows
    assert ((bond >= 0) & (bond <= 1)).all() and not bond[follows == 0].any()
    source = torch.cat([e.source.flatten() for e in events])
    assert (source == SOURCES.index("follow")).any()
    rows = brands.measure(world)
    assert {g for _, g, _ in rows} == {"all", "creator:large", "creator:small", "creator:new"}


def test_what_waits_in_the_feed_is_a_post_of_the_day_by_somebody_followed():
    world, _ = live_through(RULES, days=2, pages=1)
    feed, videos = world.memory.feed, world.videos
    at = (feed[feed > 0] - 1).remainder(len(videos.id))
    assert len(at) and (videos.id[at] == feed[feed > 0]).all()
    assert (videos.uploaded[at] == world.day).all()
    viewer = (feed > 0).nonzero()[:, 0]
    assert (world.memory.follows[viewer] == videos.creator[at][:, None]).any(1).all()
    none = nano_rules("money=on", "brand.reach=0.0")
    assert not live_through(none, days=2, pages=1)[0].memory.feed.any()


def test_a_world_that_is_not_given_up_is_left_as_it_was():
    """Brands are written in place: whoever keeps the old world finds it unchanged."""

    root = key(0)
    world = platform.turn_day(platform.init(RULES, root), RULES, root)
    before = copy_of(world)
    request = platform.ask(world, RULES)
    slate = random_slate(world, RULES, request, root)
    platform.answer(world, RULES, request, slate, root)
    assert differences(world, before) == [".memory.shown"]  # see Memory
