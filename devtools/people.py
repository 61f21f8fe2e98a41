"""The people of the demo: who they are, what they offer, and their password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PASSWORD = "fairhour-demo"
DOMAIN = "demo.example"


@dataclass(frozen=True)
class Rate:
    """One line of a rate card; `price` in major units of the coach's currency, `more` as in `publish_offering`.

    `policy`: by its name; '' is the house's.
    """

    title: str
    kind: str
    minutes: int
    price: str
    more: Mapping[str, Any] = field(default_factory=dict)
    policy: str = ""


@dataclass(frozen=True)
class Practice:
    """What a demo coach applies with, offers, and when they are open: weekdays (Monday is 0) with local times.

    `coupons`: each as in `coupons.service.make`.
    """

    profile: Mapping[str, Any]
    rates: Sequence[Rate]
    hours: Mapping[Sequence[int], Sequence[tuple[str, str]]]
    coupons: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to sign in as."""

    handle: str
    name: str
    timezone: str
    who: str
    practice: Practice | None = None

    @property
    def email(self) -> str:
        """Their address; nobody can receive mail there."""
        return f"{self.handle}@{DOMAIN}"


# By name, as in `policies.service.create`.
POLICIES: Mapping[str, Mapping[str, Any]] = {
    "Flexible": {"tiers": [(4, 100)], "grace_minutes": 60, "reschedules": 2, "reschedule_hours": 2},
    "Strict": {"tiers": [(168, 100), (48, 50)], "grace_minutes": 60, "reschedules": 1, "reschedule_hours": 48},
}
WORKDAYS = (0, 1, 2, 3, 4)
OFFICE_HOURS = [("09:00", "12:30"), ("13:30", "17:00")]

ADA = Practice(
    profile={
        "headline": "Software architect; I help you grow from senior to staff",
        "about": "Twenty years of **systems that must not fail**, ten of them leading teams.\n\n"
        "We look at your real work: a design, a review, a promotion case. Bring one question.",
        "topics": ["software architecture", "python", "promotion"],
        "languages": ["en", "de"],
        "kinds": ["mentor"],
        "currency": "eur",
        "links": [
            {"name": "Talks", "url": "https://ada.example/talks"},
            {"name": "Open source", "url": "https://code.example/ada"},
        ],
    },
    rates=[
        Rate("One hour on your hardest problem", "mentor", 60, "120", {"buffer_after_minutes": 15}),
        Rate("Half an hour, one question", "mentor", 30, "65"),
        Rate(
            "Your promotion case, read beforehand",
            "mentor",
            60,
            "180",
            {"by_approval": True, "notice_hours": 48},
            "Strict",
        ),
    ],
    hours={WORKDAYS: OFFICE_HOURS},
)
BEN = Practice(
    profile={
        "headline": "Mathematics and statistics, from school to the first year of university",
        "about": "I taught for twelve years. *No question is too small*, and every session ends with one exercise.",
        "topics": ["mathematics", "statistics", "exams"],
        "languages": ["en"],
        "kinds": ["tutor"],
        "currency": "gbp",
    },
    rates=[
        Rate("One hour of mathematics", "tutor", 60, "40"),
        Rate("Exam rescue", "tutor", 90, "65", policy="Flexible"),
    ],
    hours={(0, 2, 4): [("16:00", "20:00")], (5,): [("10:00", "14:00")]},
    coupons=[{"code": "EXAM-20", "percent": 20, "uses_at_most": 50}],
)
CARLA = Practice(
    profile={
        "headline": "Career coach for people who change fields after thirty",
        "about": "From law to product management I have gone the way myself. We work on your story, your CV and "
        "the talk about money.",
        "topics": ["career change", "cv", "salary negotiation"],
        "languages": ["en", "es", "pt"],
        "kinds": ["career_coach", "mentor"],
        "currency": "usd",
    },
    rates=[
        Rate("Career review", "career_coach", 60, "120"),
        Rate("Rehearse the salary talk", "career_coach", 45, "95", {"notice_hours": 6}),
    ],
    hours={WORKDAYS: [("08:00", "11:00"), ("18:00", "21:00")]},
)
DEVI = Practice(
    profile={
        "headline": "Psychotherapist; work, rest and what lies between",
        "about": "A calm hour for exhaustion and big decisions. I answer every request within two days.",
        "topics": ["burnout", "decisions", "stress"],
        "languages": ["en", "hi"],
        "kinds": ["therapist"],
        "currency": "aud",
        "licence": "Demo Board of Psychology, no. 0000000 (not a real licence)",
    },
    rates=[Rate("A first conversation", "therapist", 50, "150", {"by_approval": True, "buffer_after_minutes": 10})],
    hours={(1, 2, 3): [("10:00", "16:00")]},
)
EMI = Practice(
    profile={
        "headline": "Product designer; portfolio reviews without mercy and without malice",
        "about": "Send me three screens beforehand. We go through them as a hiring manager would.",
        "topics": ["design", "portfolio", "interviews"],
        "languages": ["ja", "en"],
        "kinds": ["mentor", "tutor"],
        "currency": "jpy",
    },
    rates=[Rate("Portfolio review", "mentor", 45, "9000"), Rate("Design basics, a lesson", "tutor", 60, "8000")],
    hours={WORKDAYS: [("19:00", "22:00")], (6,): [("10:00", "12:00")]},
)

ADMIN = DemoPerson("admin", "Robin Admin", "UTC", "an admin: vets coaches, approves payouts")
# One coach shows what the pages look like where nobody has uploaded a picture.
WITHOUT_PORTRAIT = "devi"

PEOPLE = (
    ADMIN,
    DemoPerson("ada", "Ada Demo", "Europe/Berlin", "a coach: mentor, euros", ADA),
    DemoPerson("ben", "Ben Demo", "Europe/London", "a coach: tutor, pounds", BEN),
    DemoPerson("carla", "Carla Demo", "America/New_York", "a coach: career coach, dollars", CARLA),
    DemoPerson("devi", "Devi Demo", "Australia/Sydney", "a coach: therapist, by request, dollars", DEVI),
    DemoPerson("emi", "Emi Demo", "Asia/Tokyo", "a coach: designer, yen", EMI),
    DemoPerson("mia", "Mia Demo", "Europe/Lisbon", "a mentee"),
    DemoPerson("noor", "Noor Demo", "Asia/Kolkata", "a mentee"),
)
