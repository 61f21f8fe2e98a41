"""Sessions, and what was written about them."""

from marketplace.bookings.rules import END_REASONS
from marketplace.languages import lazy_gettext as _
from marketplace.personal_data.rules.decisions import (
    ADMINS,
    AS_COACH,
    AS_MENTEE,
    BOOKS,
    DELETED,
    IDS,
    SESSIONS,
    Erasure,
    TableDecision,
    gone,
)

QUOTES = "(select q.id from quotes q join asks a on a.id = q.ask_id where a.asker_id = :person)"
PAYERS = f"quote_id in {QUOTES} or email <> '' and lower(email::text) = any(:emails)"

# Why a session ended, where it is the site that says so.
CODES = ", ".join(f"'{code}'" for code in END_REASONS)

ANSWERS_AS_MENTEE = "(select id from written_answers where mentee_id = :person)"
ANSWERS_AS_COACH = "(select id from written_answers where coach_id = :coach)"
ANSWERS = "(select id from written_answers where mentee_id = :person or coach_id = :coach)"
OVERRUNS = f"(select id from overruns where booking_id in {SESSIONS})"  # noqa: S608 - a constant

OF_SESSIONS = (
    TableDecision(
        "bookings",
        _("your sessions"),
        mine="mentee_id = :person or coach_id = :coach",
        secrets=("blocked",),
        erase=(
            Erasure(
                "mentee_id = :person",
                {"brief": "''", "brief_details": "'{}'", "meeting_room": "''", "client_place": "null"},
            ),
            Erasure(f"ended_by = :person and end_reason not in ({CODES})", {"end_reason": "null"}),
        ),
        keeps={
            "coach_id": IDS,
            "mentee_id": IDS,
            "ended_by": IDS,
            "title": "What was sold, as it stands on invoices.",
            "coupon_code": BOOKS,
            "calendar_uid": "The name of its event, by which calendars know it.",
            "policy": "The terms under which it was sold.",
        },
        plain=("status", "outcome", "kind", "currency"),
    ),
    TableDecision(
        "booking_series",
        _("your series of sessions"),
        mine="mentee_id = :person or coach_id = :coach",
        keeps={"mentee_id": IDS, "coach_id": IDS},
    ),
    gone("booking_attachments", f"booking_id in {AS_MENTEE}", _("files of your briefs")),
    TableDecision(
        "booking_moves",
        _("sessions that were moved"),
        mine=f"booking_id in {SESSIONS}",
        erase=(Erasure("proposed_by = :person", {"reason": "''"}),),
        keeps={"proposed_by": IDS},
        plain=("status",),
    ),
    TableDecision(
        "no_show_reports",
        _("who is said not to have come"),
        mine=f"booking_id in {SESSIONS}",
        secrets=("settled_by",),
        erase=(
            Erasure(f"booking_id in {AS_MENTEE}", {"words": "''"}),
            Erasure(f"booking_id in {AS_COACH}", {"answer_words": "null"}),
        ),
        keeps={"settled_by": IDS, "settled_why": ADMINS},
        plain=("status", "answer"),
    ),
    TableDecision(
        "notes",
        _("notes of your sessions, and what coaches shared with you"),
        mine=f"author_id = :person or (shared and booking_id in {SESSIONS})",
        delete="author_id = :person and not shared",
        keeps={
            "author_id": IDS,
            "ciphertext": "What a coach noted for themselves, sealed so that only the coach reads it; and what was "
            "shared with a mentee, who keeps it.",
        },
    ),
    TableDecision(
        "asks",
        _("what you asked of coaches, and what mentees asked of you"),
        mine="asker_id = :person or coach_id = :coach",
        erase=(
            Erasure(
                "asker_id = :person",
                {"about": "''", "not_about": "''", "tried": "''", "why_coach": "''", "aim": "''"},
            ),
            Erasure("coach_id = :coach", {"reply": "''"}),
        ),
        keeps={"asker_id": IDS, "coach_id": IDS, "referred_to_id": IDS},
        plain=("status", "origin", "kind", "payer", "currency", "decline_reason"),
    ),
    TableDecision(
        "quotes",
        _("what coaches offered for what you asked, and what you offered"),
        mine="ask_id in (select id from asks where asker_id = :person or coach_id = :coach)",
        erase=(Erasure("ask_id in (select id from asks where coach_id = :coach)", {"note": "''"}),),
        plain=("status", "form", "currency"),
    ),
    TableDecision(
        "quote_payers",
        _("who pays what you asked for, and their link"),
        mine=PAYERS,
        secrets=("digest",),
        erase=(
            Erasure(
                PAYERS,
                {
                    "purpose": "''",
                    "name": "''",
                    "address": "''",
                    "tax_id": "''",
                    "reference": "''",
                    "email": "''",
                    "digest": "null",
                },
            ),
        ),
        plain=("locale",),
    ),
    TableDecision(
        "session_credits",
        _("sessions that you paid for, or were paid, without a time"),
        mine="mentee_id = :person or coach_id = :coach",
        erase=(Erasure("mentee_id = :person", {"brief": "''", "brief_details": "'{}'"}),),
        keeps={
            "mentee_id": IDS,
            "coach_id": IDS,
            "title": "What was sold, as it stands on invoices.",
            "end_reason": "A code of the site, never a person's words.",
            "policy": "The terms under which it was sold.",
        },
        plain=("status", "currency"),
    ),
    TableDecision(
        "written_answers",
        _("written answers that you ordered or wrote"),
        # What was sent and not paid for is not the mentee's to read.
        mine="coach_id = :coach or mentee_id = :person and (answer is null or delivered_at is not null)",
        erase=(
            Erasure(
                "mentee_id = :person", {"question": "''", "follow_up": "case when follow_up is not null then '' end"}
            ),
            Erasure(
                "coach_id = :coach",
                {
                    "answer": "case when answer is not null then '' end",
                    "follow_up_answer": "case when follow_up_answer is not null then '' end",
                },
            ),
        ),
        keeps={
            "mentee_id": IDS,
            "coach_id": IDS,
            "title": "What was sold, as it stands on invoices.",
            "end_reason": "A code of the site, never a person's words.",
            "policy": "The terms under which it was sold.",
        },
        plain=("status", "currency"),
    ),
    TableDecision(
        "invitations",
        _("meetings to which you invited coaches, and to which you were invited"),
        mine="coach_id = :coach or lower(organiser_email::text) = any(:emails)",
        erase=(
            Erasure(
                "lower(organiser_email::text) = any(:emails)",
                {"organiser_name": f"'{DELETED}'", "organiser_email": "''", "summary": "''"},
            ),
            Erasure("coach_id = :coach", {"reply": "''", "invited_as": "''"}),
        ),
        keeps={
            "coach_id": IDS,
            "uid": "The name that the organiser's calendar gave the meeting, by which it is answered.",
        },
        plain=("status", "source", "zone", "doubts", "card_currency"),
    ),
    gone("mail_in_addresses", "coach_id = :coach", _("your address for forwarded mails"), ("digest",)),
    gone("received_mails", "coach_id = :coach", _("mails that you forwarded"), ("digest", "raw")),
    gone("invitation_settings", "coach_id = :coach", _("how your invitations are priced")),
    gone("invitation_stops", "lower(email::text) = any(:emails)", _("that you want no quotes for invitations")),
    TableDecision(
        "unpaid_entries",
        _("time that you gave away, and that coaches gave you"),
        mine="coach_id = :coach",
        erase=(Erasure("coach_id = :coach and note <> ''", {"note": "''"}),),
        keeps={"coach_id": IDS, "receiver_id": IDS, "key": "Which fact it is: a word and a key that names nobody."},
        plain=("kind", "source", "currency"),
    ),
    TableDecision(
        "session_feedback",
        _("what you said that sessions were"),
        mine=f"side = 'mentee' and booking_id in {AS_MENTEE} or side = 'coach' and booking_id in {AS_COACH}",
        plain=("side", "kind"),
    ),
    TableDecision(
        "overruns",
        _("minutes beyond your sessions"),
        mine=f"booking_id in {SESSIONS}",
        plain=("status", "currency"),
    ),
    TableDecision(
        "grants",
        _("free sessions that coaches offered you, and that you offered"),
        mine="ask_id in (select id from asks where asker_id = :person or coach_id = :coach)",
        plain=("status", "currency"),
    ),
    gone("pro_bono_budgets", "coach_id = :coach", _("how many minutes a month you give")),
    gone("unpaid_timers", "coach_id = :coach", _("a timer that runs")),
    gone("written_answer_files", f"answer_id in {ANSWERS_AS_COACH}", _("files of your written answers")),
    TableDecision(
        "written_answer_reports",
        _("written answers that are said to be none"),
        mine=f"answer_id in {ANSWERS}",
        secrets=("settled_by",),
        erase=(
            Erasure(f"answer_id in {ANSWERS_AS_MENTEE}", {"words": "''"}),
            Erasure(f"answer_id in {ANSWERS_AS_COACH}", {"answer_words": "null"}),
        ),
        keeps={"settled_by": IDS, "settled_why": ADMINS},
        plain=("status",),
    ),
    TableDecision(
        "written_answer_losses", _("what banks took back of written answers"), mine=f"answer_id in {ANSWERS}"
    ),
    gone(
        "published_answers",
        "ask_id in (select id from asks where asker_id = :person or coach_id = :coach)",
        _("what is or was to be published of answers to you and by you"),
    ),
    TableDecision(
        "deflections",
        _("earlier answers that were enough for you"),
        mine="user_id = :person",
        secrets=("address_digest",),
        keeps={"user_id": IDS, "address_digest": "So that nobody counts twice; the address cannot be read from it."},
    ),
    gone("shelf_items", "coach_id = :coach", _("what stands on your shelf")),
    # What was not sent is not the coach's to read.
    TableDecision(
        "ask_queue_places",
        _("your places in coaches' queues"),
        mine="asker_id = :person",
        delete="asker_id = :person or coach_id = :coach",
    ),
    gone("ask_settings", "coach_id = :coach", _("how many asks you take")),
    gone("ask_drafts", "lower(email::text) = any(:emails)", _("asks that you have not confirmed"), ("code_digest",)),
    gone(
        "sponsorships",
        "coach_id = :coach or person_id = :person or lower(email::text) = any(:emails)",
        _("your register of sponsorship"),
    ),
    TableDecision("search_misses", "", plain=("topic", "language")),
    gone("waits", "mentee_id = :person", _("your places on waitlists")),
    TableDecision(
        "refunds_beyond_policy",
        _("refunds out of goodwill"),
        mine=f"booking_id in {SESSIONS}",
        secrets=("given_by",),
        keeps={"given_by": IDS, "reason": ADMINS},
        plain=("paid_by",),
    ),
    TableDecision("booking_losses", _("what banks took back of your sessions"), mine=f"booking_id in {SESSIONS}"),
    TableDecision(
        "overrun_losses",
        _("what banks took back of minutes beyond your sessions"),
        mine=f"overrun_id in {OVERRUNS}",
    ),
)
