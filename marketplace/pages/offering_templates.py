"""First offerings to begin with: what is usual, to be changed at will."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.coaches.models import Coach
from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l


@dataclass(frozen=True)
class OfferingTemplate:
    """An offering as its form is filled at first; the price is the coach's own to say."""

    title: LazyText
    description: LazyText
    minutes: int
    kinds: tuple[str, ...]
    by_approval: bool = False

    def filled(self, coach: Coach) -> dict[str, Any]:
        """The fields of the form, in the reader's language."""
        kind = next((kind for kind in self.kinds if kind in coach.kinds), coach.kinds[0])
        return {
            "title": str(self.title),
            "description": str(self.description),
            "minutes": self.minutes,
            "kind": kind,
            "by_approval": self.by_approval,
        }


TEMPLATES: Mapping[str, OfferingTemplate] = {
    "intro": OfferingTemplate(
        _l("Getting to know each other"),
        _l("Tell me where you are and where you want to go. We find out **what would help**, and whether I can."),
        30,
        ("mentor", "career_coach", "tutor"),
    ),
    "hour": OfferingTemplate(
        _l("One hour of mentoring"),
        _l("Bring **one question**. You leave with a next step."),
        60,
        ("mentor", "career_coach"),
    ),
    "cv": OfferingTemplate(
        _l("Look through your CV"),
        _l("Attach your CV when you book. We go through it line by line:\n\n- what to leave out\n- what to say first"),
        45,
        ("career_coach", "mentor"),
    ),
    "interview": OfferingTemplate(
        _l("Mock interview"),
        _l("I ask as an interviewer would, then tell you **what I heard**."),
        60,
        ("career_coach", "mentor"),
    ),
    "lesson": OfferingTemplate(
        _l("Lesson"),
        _l("Say what you are learning, and where you are stuck."),
        60,
        ("tutor",),
    ),
    "deep": OfferingTemplate(
        _l("Deep dive"),
        _l("An hour and a half on one problem, with material that you send **before**."),
        90,
        ("mentor", "career_coach"),
        by_approval=True,
    ),
}
