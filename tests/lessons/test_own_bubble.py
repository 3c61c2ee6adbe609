"""A personal bubble is counted by pairs; each cause is switched off as it says; a way out is tried
on a clone."""

import pytest
import torch

from sim.lab.teaching import lesson_05
from sim.lab.teaching.lesson_05 import check
from sim.lab.teaching.lesson_05.lives import CAUSES, begun, lived
from sim.lab.teaching.lesson_05.shares import Blame

ONE_EACH = torch.tensor([[6, 0, 0], [0, 6, 0], [0, 0, 6]])
EVEN = torch.tensor([[30, 30, 30]] * 4)


def test_who_watches_one_topic_alone_is_all_alike_with_oneself_and_not_with_others():
    assert lesson_05.mine(ONE_EACH) == 100
    assert lesson_05.ours(ONE_EACH) == 0
    assert lesson_05.bubble(ONE_EACH) == 100


def test_what_everybody_watches_is_nobody_s_bubble():
    assert lesson_05.bubble(torch.tensor([[9, 0, 0]] * 4)) == 0
    assert abs(lesson_05.bubble(EVEN)) < 1


def test_pairs_are_of_different_videos_so_that_how_much_one_watched_does_not_matter():
    """Draws from one mix, five or fifty a viewer: the same within luck; entropies would differ."""
    torch.manual_seed(0)
    mix = torch.tensor([0.5, 0.3, 0.2])
    few, many = (
        torch.stack([torch.multinomial(mix, n, replacement=True).bincount(minlength=3)
                     for _ in range(3000)])
        for n in (5, 50)
    )  # fmt: skip
    truth = 100 * float(mix.square().sum())
    assert lesson_05.mine(few) == pytest.approx(truth, abs=1.5)
    assert lesson_05.mine(many) == pytest.approx(truth, abs=1.5)
    assert abs(lesson_05.bubble(few)) < 1.5


def test_who_watched_too_little_is_not_counted():
    assert lesson_05.mine(torch.tensor([[2, 2, 2], [4, 0, 0]])) == pytest.approx(100 * 3 / 15)


def test_the_causes_are_switched_off_in_one_world_of_the_same_people():
    whole, bare = (begun("bayes", on) for on in (CAUSES, ()))
    assert torch.equal(whole.world.viewers.id, bare.world.viewers.id)
    assert torch.equal(whole.world.viewers.patience, bare.world.viewers.patience)
    assert whole.resident.label != bare.resident.label == "Random"
    tastes, none = (arm.clock.rules.params.appeal for arm in (whole, bare))
    assert tastes.match > none.match == 0
    assert tastes.satisfaction_match > none.satisfaction_match == 0
    crowd = [
        arm.world.videos.topic[arm.world.videos.id > 0].bincount(minlength=47).double()
        for arm in (whole, bare)
    ]
    alike = [float((n / n.sum()).square().sum()) for n in crowd]
    assert alike[0] > alike[1]  # less crowded; not even, since few creators post most


def test_what_is_watched_is_counted_once_and_again_the_same():
    one, two = (lived(begun("random"), 2).watched for _ in range(2))
    assert torch.equal(one, two) and one.shape[::2] == (2, 47)
    assert 0 < int(one.sum()) < 300 * 50


def test_the_largest_cause_is_that_with_the_largest_share():
    shares = {cause: {"mean": mean} for cause, mean in zip(CAUSES, (1.0, 3.0, 2.0), strict=True)}
    assert Blame(shares, {}).largest() == "algorithm"


def test_a_clone_whose_hands_nobody_changes_goes_on_as_the_platform_itself():
    found = lesson_05.ways_out("random", ("popular",), "nano", 4, 0)
    arm = begun("random")
    days = lived(arm, 10)
    assert found["on"] == [
        pytest.approx(lesson_05.bubble(days.between(d, d + 3))) for d in (1, 4, 7)
    ]
    assert found["popular"][0] == found["on"][0] and found["popular"][1:] != found["on"][1:]


def test_alike_counts_pairs_of_a_list():
    assert lesson_05.alike([1, 1, 2]) == pytest.approx(100 / 3)
    assert lesson_05.alike([4]) == 0


EXAM = check.Exam(22.3, 12.8, *check.SETS[0])
RIGHT = {"pairs": 26.7, "bubble": 9.5, "share": 5.0}


@pytest.mark.parametrize(
    "answers", [RIGHT, {"pairs": 400 / 15, "bubble": 22.3 - 12.8, "share": (3 + 7) / 2},
                {**RIGHT, "pairs": 26.67}],
)  # fmt: skip
def test_right_answers_pass_the_check_of_lesson_5(answers):
    assert all(right for right, _ in EXAM.verdicts(answers, "en"))


WRONG = {
    "nothing": {},
    "naughts": {"pairs": 0, "bubble": 0, "share": 0},
    "paired with themselves": {**RIGHT, "pairs": 38.9},
    "a fraction": {**RIGHT, "pairs": 0.267},
    "as if equal": {**RIGHT, "pairs": 33.3},
    "the whole": {**RIGHT, "bubble": 22.3},
    "backwards": {**RIGHT, "bubble": -9.5},
    "first alone": {**RIGHT, "share": 3},
    "second alone": {**RIGHT, "share": 7},
    "the other's": {**RIGHT, "share": 4},
    "the sum": {**RIGHT, "share": 10},
    "true": {"pairs": True, "bubble": True, "share": True},
}


@pytest.mark.parametrize("answers", WRONG.values(), ids=WRONG)
def test_wrong_answers_of_lesson_5_fail_and_are_told_why(answers):
    told = EXAM.verdicts(answers, "zh")
    assert not all(right for right, _ in told)
    for right, sentence in told:
        assert right or not any(str(number) in sentence for number in RIGHT.values())


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("pairs", 38.9, "with themselves"), ("pairs", 33.3, "were equal"),
        ("bubble", 22.3, "Take away"),
        ("bubble", -9.5, "other way round"), ("share", 3, "comes first"),
        ("share", 7, "comes second"),
        ("share", 4, "other cause"), ("share", 10, "the sum"), ("share", 1, "the mean of both"),
    ],
)  # fmt: skip
def test_a_wrong_number_of_lesson_5_is_told_which_step_was_missed(key, value, hint):
    assert hint in EXAM.hint(key, value, "en")


def test_no_table_of_lesson_5_makes_a_missed_step_right():
    for feed, worth in check.SETS:
        exam = check.Exam(22.3, 12.8, feed, worth)
        for key in ("pairs", "share"):
            wrong = [x for name, x in exam._wrong(key).items()]
            assert not any(abs(exam.truth[key] - x) < 0.1 for x in wrong), (feed, worth, key)
