"""Every table, with what is decided about it."""

from marketplace.personal_data.rules.money import OF_MONEY
from marketplace.personal_data.rules.people import PEOPLE
from marketplace.personal_data.rules.sessions import OF_SESSIONS

DECISIONS = {decision.table: decision for decision in (*PEOPLE, *OF_SESSIONS, *OF_MONEY)}
