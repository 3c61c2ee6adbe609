"""The assignments by name."""

from sim.lab.assignments.branding import Branding
from sim.lab.assignments.marks import Exam
from sim.lab.assignments.measuring import Measuring
from sim.lab.assignments.moderating import Moderating
from sim.lab.assignments.recommender import Recommender
from sim.presets.errors import did_you_mean

ALL: tuple[Exam, ...] = (Measuring(), Recommender(), Moderating(), Branding())
EXAMS: dict[str, Exam] = {exam.name: exam for exam in ALL}


def exam_of(name: str) -> Exam:
    """The assignment. Raises BadInput for one that there is not."""
    if name.upper() not in EXAMS:
        raise did_you_mean(name, EXAMS, "assignment")
    return EXAMS[name.upper()]
