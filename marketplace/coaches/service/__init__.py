"""Commands: apply, be vetted, publish rates."""

from marketplace.coaches.service.offerings import (
    NotApproved,
    edit_offering,
    publish_offering,
    retire_offering,
    tell_new_terms,
)
from marketplace.coaches.service.profiles import (
    AlreadyApplied,
    AlreadyDecided,
    HandleTaken,
    Unconfirmed,
    apply,
    approve,
    edit_profile,
    reject,
    suspend,
)

__all__ = [
    "AlreadyApplied",
    "AlreadyDecided",
    "HandleTaken",
    "NotApproved",
    "Unconfirmed",
    "apply",
    "approve",
    "edit_offering",
    "edit_profile",
    "publish_offering",
    "reject",
    "retire_offering",
    "suspend",
    "tell_new_terms",
]
