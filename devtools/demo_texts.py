"""What the people of the demo ask, answer and give: plainly made up, and long enough to look like the real thing."""

from typing import Any

# As in `asks.rules.brief.Brief`; nobody pays by an employer unless it is said.
USUAL: dict[str, Any] = {
    "kind": "mentor",
    "not_about": "",
    "by_when": None,
    "minutes": 30,
    "words_enough": False,
    "payer": "me",
}
PROMOTION = USUAL | {
    "about": "I lead a team of four since May, and two of them want the same promotion. How do I decide, and when?",
    "not_about": "Not about salaries.",
    "tried": "I wrote down what both have done this year: https://team.example/comparison",
    "why_coach": "You write about promotion cases and have led teams for ten years.",
    "aim": "A decision that I can explain in 2 sentences to both.",
    "minutes": 45,
}
MONOLITH = USUAL | {
    "about": "We split one of our 6 services off a Python monolith. Which one first, so that we learn most?",
    "tried": "A map of who calls whom, and 2 attempts that we stopped: https://team.example/map",
    "why_coach": "Your talk about software architecture is why we began.",
    "aim": "1 service to begin with, and 2 signs that we chose wrong.",
}
BLOCKCHAIN = USUAL | {
    "about": "Would you look at our token and its white paper of 80 pages, just quickly?",
    "tried": "A white paper: https://coin.example/paper",
    "why_coach": "You are known.",
    "aim": "Your name on our page.",
    "payer": "cannot",
}
FIRST_YEAR = USUAL | {
    "about": "In my first year as a staff engineer I am asked into every meeting. Which 3 do I leave, and how?",
    "tried": "I noted 4 weeks of meetings and what came of each: https://notes.example/meetings",
    "why_coach": "You write about the way from senior to staff.",
    "aim": "A list of 3 meetings, and 1 sentence for each no.",
    "payer": "cannot",
}
INTERVIEW = USUAL | {
    "about": "I interview for a post as architect in 3 weeks. How do I show design decisions that went wrong?",
    "tried": "I have written up 3 decisions on one page each: https://notes.example/decisions",
    "why_coach": "You have hired architects, as your profile says.",
    "aim": "2 of 3 stories that I can tell in 5 minutes.",
    "minutes": 60,
    "payer": "employer",
}
ONE_QUESTION = USUAL | {
    "about": "Is a queue in PostgreSQL enough for 200 jobs a second, or do we need a broker from the start?",
    "tried": "A benchmark on our own data: https://team.example/benchmark",
    "why_coach": "You answer one question at a time, which is what I have.",
    "aim": "1 yes or no with the figure that would change it.",
}
CV = USUAL | {
    "kind": "career_coach",
    "about": "From teaching to product management after 12 years: which of 3 versions of my CV do I send?",
    "tried": "3 versions, and 5 applications without an answer: https://notes.example/cv",
    "why_coach": "You have changed fields yourself.",
    "aim": "1 version, with the 3 lines that have to change.",
    "minutes": 60,
}
SCREENS = USUAL | {
    "about": "Which 3 screens of my 9 belong into a portfolio for a design post in a bank?",
    "tried": "All 9 with what each was for: https://screens.example/nine",
    "why_coach": "You go through portfolios as a hiring manager would.",
    "aim": "3 screens, in an order that I can explain.",
}
PORTFOLIO = USUAL | {
    "about": "I come from print. What does a portfolio of 4 posters have to show for a first post on screens?",
    "tried": "I redrew 1 poster as an app: https://screens.example/poster",
    "why_coach": "Your design reviews begin with what is there.",
    "aim": "1 piece to make next, by the end of the month.",
}
EMPLOYER = {
    "name": "Northwind Demo Ltd",
    "address": "12 Example Street\nLisbon",
    "reference": "PO-1001",
    "email": "accounts@northwind.example",
}
PAID_REFERENCE = "PO-1000"
PURPOSE = "An hour of mentoring for a member of our team"
PROOF = USUAL | {
    "kind": "tutor",
    "about": "I do not see why the proof by induction in my lecture notes may begin with n = 2.",
    "tried": "I did exercises 1 to 4, and 5 went wrong: https://notes.example/induction",
    "why_coach": "You taught this for 12 years.",
    "aim": "1 proof of exercise 5 that I can repeat.",
    "words_enough": True,
}
ON_CALL = USUAL | {
    "about": "We are 5 on call and 2 want to leave the rota. How do we share the nights without losing either?",
    "tried": "We counted 6 months of alarms by service: https://team.example/alarms",
    "why_coach": "You wrote about systems that must not fail, and about their people.",
    "aim": "1 rota for the next 3 months that all 5 have agreed to.",
    "minutes": 60,
}
STORY = USUAL | {
    "kind": "career_coach",
    "about": "My story from nursing to product management takes 9 minutes. Which 2 parts carry it?",
    "tried": "I recorded it 3 times: https://notes.example/story",
    "why_coach": "You went from law to product management.",
    "aim": "1 story of 3 minutes that I can tell on Monday.",
    "minutes": 60,
}
BOARD = USUAL | {
    "about": "I present our 2 options for a new data platform to the board. What do they have to decide, and what not?",
    "tried": "I have 12 slides and 1 page: https://team.example/options",
    "why_coach": "You have stood before such boards as an architect.",
    "aim": "1 page with 1 decision on it.",
    "minutes": 60,
    "payer": "employer",
}
INDEXES = USUAL | {
    "about": "Our table of 300 million rows has 14 indexes. By which 3 figures do we decide which of them to drop?",
    "tried": "We listed their sizes and scans for 30 days: https://team.example/indexes",
    "why_coach": "You have run databases of this size.",
    "aim": "A list of 3 figures, and an order in which to drop.",
    "words_enough": True,
}
INDEXES_ANSWER = (
    "Scans in a whole quarter, not a month; the size beside what is read by it; and writes per second on the table. "
    "Drop those first that nothing has scanned and no constraint needs, one a day, the largest first. Keep the "
    "statement that makes each of them again beside the one that drops it."
)
BOOKED = "Our design of the on-call rota, before the whole team sees it: two pages, which I send the day before."

PROMOTION_ANSWER = (
    "Write down what the post needs in a year, before you look at the two again. Then ask both the same two "
    "questions: what would you stop doing, and who would take it over? The one whose answer names a person is nearer "
    "to it. Decide within two weeks, and tell the other one first, with the date on which you look at it again."
)
MONOLITH_ANSWER = (
    "Take the one that changes most often and is called least: you learn how to ship alone, and nothing else falls "
    "over. You chose wrong if you need a shared transaction in the first week, or if two teams have to release on "
    "the same day."
)
PUBLISHED = (
    {
        "title": "Two people want the same promotion",
        "question": "I lead a small team, and two of them want the same promotion. How do I decide, and when?",
        "answer": PROMOTION_ANSWER,
        "language": "en",
    },
    {
        "title": "Which service to split off first",
        "question": "We split a monolith. Which service do we take first, so that we learn most?",
        "answer": MONOLITH_ANSWER,
        "language": "en",
    },
)
SHELF = (
    {
        "kind": "talk",
        "title": "From senior to staff in four decisions",
        "url": "https://ada.example/talks/four-decisions",
        "line": "Forty minutes; the third decision is the one that I am asked about most.",
        "language": "en",
    },
    {
        "kind": "post",
        "title": "A promotion case that says one thing",
        "url": "https://ada.example/writing/one-thing",
        "line": "With a case that went through, and one that did not.",
        "language": "en",
    },
    {
        "kind": "book",
        "title": "Systeme, die nicht ausfallen dürfen",
        "url": "https://ada.example/buch",
        "line": "Für alle, die zum ersten Mal Bereitschaft haben.",
        "language": "de",
    },
)
NOTE = (
    "Leaves three meetings: the weekly of all teams, the second review, the call on Friday. Said each no aloud once; "
    "the second sounded best when it named who decides instead."
)
QUOTE_NOTE = "For an hour with your three pages read beforehand. Your employer can pay by the link."
# Days ago, kind, minutes, a note.
UNPAID = (
    (58, "coffee", 45, "With a former colleague, about the new team"),
    (51, "talk", 30, "At the meetup of the Python group"),
    (44, "preparation", 20, "Read a design of nine pages instead of four"),
    (37, "coffee", 30, ""),
    (23, "answer", 10, "By mail, to a student"),
    (16, "talk", 60, "A panel, with the way there"),
    (9, "other", 25, "Wrote a reference"),
    (3, "coffee", 40, "To pick my brain"),
)
SPONSORED = (
    ("mia", "introduced", "To the head of engineering of a team that was looking for a lead"),
    ("noor", "nominated", "For the talk about her benchmark at the meetup of the Python group"),
)
INVITED = (
    ("ideas", "Share ideas: half a day with our product team", "Orla Example", "orla@northwind.example", 9, 210),
    ("brains", "Can I pick your brain over lunch?", "Paul Example", "paul@southwind.example", 12, 60),
)
