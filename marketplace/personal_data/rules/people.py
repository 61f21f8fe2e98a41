"""Accounts, profiles, mails and files."""

from marketplace.languages import lazy_gettext as _
from marketplace.personal_data.rules.decisions import (
    ADMINS,
    CALENDARS,
    DELETED,
    IDS,
    PAID,
    PAYOUTS,
    SCHEDULES,
    SESSIONS,
    Erasure,
    TableDecision,
    gone,
)

OWN = "user_id = :person"
OF_COACH = "coach_id = :coach"
GONE_MAIL = "'This mail was about somebody whose account is deleted.'"
# What a message is about stands in its key; a whole name or an address says it too.
THINGS = f"""
    select id from bookings where id in {SESSIONS}
    union all select id from no_show_reports where booking_id in {SESSIONS}
    union all select id from notes where author_id = :person
    union all select id from waits where mentee_id = :person or coach_id = :coach
    union all select id from payments where id in {PAID}
    union all select id from disputes where payment_id in {PAID}
    union all select id from refunds where payment_id in {PAID}
    union all select id from invoices where buyer_id = :person or seller_id = :person
    union all select id from payouts where coach_id = :coach
    union all select id from payout_reversals where payout_id in {PAYOUTS}
    union all select cast(:person as uuid) union all select cast(:coach as uuid)
"""  # noqa: S608  our own words
ABOUT = f"""
    exists (select from ({THINGS}) t where messages.key like '%' || t.id || '%')
    or exists (select from unnest(cast(:emails as text[])) e where messages.text ilike '%' || e || '%')
    or (:name like '% %' and messages.text like '%' || :name || '%')
"""  # noqa: S608  our own words
OF_PAYMENTS = f"from payments where id in {PAID}"
STRIPE_ACCOUNT = "(select stripe_id from connected_accounts where coach_id = :coach)"
# What an event is about can still be asked of Stripe.
PAYLOAD = (
    "json_build_object('id', id, 'object', 'event', 'type', type, "
    "'data', json_build_object('object', json_build_object('id', object_id)))"
)

PEOPLE = (
    TableDecision(
        "users",
        _("your account"),
        mine="id = :person",
        secrets=("password", "fs_uniquifier", "tf_totp_secret", "mf_recovery_codes", "totp_counter", "words"),
        keeps={"words": "The erased name and address once more, which PostgreSQL writes itself: none are left."},
        erase=(
            Erasure(
                "id = :person",
                {
                    "email": "'deleted-' || id || '@deleted.invalid'",
                    "name": f"'{DELETED}'",
                    "timezone": "'UTC'",
                    "reminders": "'none'",
                    "locale": "''",
                    "hour_cycle": "''",
                    "first_weekday": "null",
                    "password": "null",
                    "active": "false",
                    "fs_uniquifier": "gen_random_uuid()::text",
                    "last_login_at": "null",
                    "current_login_at": "null",
                    "last_login_ip": "null",
                    "current_login_ip": "null",
                    "tf_primary_method": "null",
                    "tf_totp_secret": "null",
                    "mf_recovery_codes": "null",
                    "totp_counter": "null",
                },
            ),
        ),
    ),
    TableDecision("roles", "", plain=("name", "description")),
    gone("roles_users", OWN, _("your roles")),
    gone("access_tokens", OWN, _("your access tokens"), ("digest",)),
    gone("feed_tokens", OWN, _("addresses of your calendar"), ("digest",)),
    gone("passkeys", OWN, _("your passkeys"), ("credential_id", "public_key")),
    gone("user_sessions", OWN, _("where you are signed in"), ("digest",)),
    gone("idempotent_requests", OWN),
    gone("declined_mails", "lower(recipient::text) = any(:emails)", _("mails that you do not want")),
    TableDecision(
        "account_changes",
        _("what admins changed about your account"),
        mine=OWN,
        secrets=("proposed_by", "confirmed_by"),
        keeps={"user_id": IDS, "proposed_by": IDS, "confirmed_by": IDS, "reason": "Who was let in or out, and why."},
        plain=("kind",),
    ),
    TableDecision(
        "account_deletions",
        _("your wish to leave"),
        mine=OWN,
        keeps={"user_id": "That the account was deleted, and when; a key that names nobody any more."},
        plain=("refusal",),
    ),
    gone("account_exports", OWN, _("copies of your data"), ("file_id",)),
    TableDecision(
        "messages",
        _("mails that you were sent"),
        mine="lower(recipient) = any(:emails) and not secret",
        delete="lower(recipient) = any(:emails)",
        erase=(
            Erasure(
                ABOUT,
                {"subject": GONE_MAIL, "text": GONE_MAIL, "html": "null", "calendar": "null"},
            ),
        ),
        keeps={"recipient": "The addresses of others: your own mails are deleted."},
        plain=("key", "kind", "calendar_method", "status", "error"),
    ),
    TableDecision(
        "audit_entries",
        _("what you did"),
        mine="actor_id = :person",
        keeps={
            "details": "The record of who did what cannot be changed by anybody, or it would prove nothing. It has "
            "keys, addresses that an account once had, and reasons as they were given.",
        },
        plain=("action", "subject_id"),
    ),
    TableDecision("call_counts", _("how often somebody has called, for minutes"), plain=("key",)),
    TableDecision("used_challenges", "", plain=("digest",)),
    TableDecision(
        "coaches",
        _("your profile as a coach"),
        mine="id = :coach",
        secrets=("words", "names", "decided_by"),
        erase=(
            Erasure(
                "id = :coach",
                {
                    "handle": "'deleted-' || right(replace(id::text, '-', ''), 16)",
                    "headline": "''",
                    "about": "''",
                    "topics": "'{}'",
                    "languages": "'{}'",
                    "kinds": "'{mentor}'",
                    "licence": "null",
                    "links": "'[]'",
                    "away_message": "null",
                    "away_until": "null",
                    "timezone": "'UTC'",
                    "meeting_url": "null",
                    "portrait_id": "null",
                },
            ),
        ),
        keeps={
            "user_id": IDS,
            "decided_by": IDS,
            "decision_reason": "Why an admin let somebody coach here or not.",
            "words": "The words of the erased profile, which PostgreSQL writes itself: none are left.",
            "names": "The same.",
        },
        plain=("currency", "status"),
    ),
    gone("licences", OF_COACH, _("your licences as a therapist"), ("decided_by",)),
    TableDecision(
        "directory_terms",
        "",
        delete="coaches <= 0",
        keeps={"term": "Words of coaches who are listed."},
        plain=("kind",),
    ),
    TableDecision(
        "offerings",
        _("what you offer"),
        mine=OF_COACH,
        erase=(Erasure(OF_COACH, {"description": "''", "active": "false"}),),
        keeps={"coach_id": IDS, "title": "What was sold, as it stands on invoices."},
        plain=("kind", "currency"),
    ),
    gone("listed_offerings", OF_COACH),
    gone("listed_topics", OF_COACH),
    TableDecision(
        "schedules",
        _("names of your hours"),
        mine=OF_COACH,
        erase=(Erasure(OF_COACH, {"name": "id::text"}),),
        keeps={"coach_id": IDS},
    ),
    gone("weekly_hours", f"schedule_id in {SCHEDULES}", _("your weekly hours")),
    gone("date_overrides", f"schedule_id in {SCHEDULES}", _("hours of single dates")),
    gone("time_off", OF_COACH, _("your time off")),
    gone("availability", OF_COACH, _("limits and holidays of your calendar")),
    gone("openings", OF_COACH),
    gone("free_ranges", OF_COACH),
    gone("calendars", OF_COACH, _("calendars that we read"), ("sealed",)),
    gone("busy_times", OF_COACH, _("when they say you are busy")),
    gone("written_events", f"calendar_id in {CALENDARS}"),
    TableDecision(
        "stored_files",
        "",
        keeps={"data": "Files to which nothing refers any more are removed within the hour."},
        plain=("sha256", "content_type", "store"),
    ),
    TableDecision("pictures", "", plain=("form",)),
    TableDecision("site_logos", ""),
    TableDecision(
        "stripe_events",
        "",
        erase=(
            Erasure(
                f"object_id in (select unnest(array[checkout_id, intent_id, charge_id]) {OF_PAYMENTS}) "
                f"or object_id in {STRIPE_ACCOUNT}",
                {"payload": PAYLOAD},
            ),
        ),
        plain=("id", "type", "object_id", "error", "note"),
    ),
    TableDecision("policies", "", keeps={"name": "Policies are the site's, made by admins."}),
    TableDecision("policy_versions", "", keeps={"made_by": IDS, "tiers": "What was promised to everybody."}),
    TableDecision(
        "payout_holds",
        _("why your payouts were held"),
        mine=OF_COACH,
        secrets=("placed_by", "released_by"),
        keeps={"coach_id": IDS, "placed_by": IDS, "released_by": IDS, "reason": ADMINS},
    ),
)
