"""Commands: change the address of a person who confirmed the new one."""

import uuid

from marketplace.accounts.models import User
from marketplace.accounts.revocation.service import revoke_access
from marketplace.accounts.service import AddressTaken
from marketplace.audit import service as audit
from marketplace.db import refusing, session, transactional
from marketplace.errors import Conflict
from marketplace.languages import speaking
from marketplace.notifications.choices.service import move_choices
from marketplace.notifications.service import notify


class LinkUsed(Conflict):
    """This link was used already, or a newer one has replaced it."""


@transactional
def change_address(user_id: uuid.UUID, *, old: str, new: str) -> User:
    """Give a person a confirmed new address and tell both; what was opened under the old one ends.

    Raises LinkUsed where the address is not `old` any more, AddressTaken where somebody else was quicker.
    """
    person = session().get_one(User, user_id, with_for_update=True, populate_existing=True)
    if person.email != old:
        raise LinkUsed
    # Links that were sent to the old address carry the old one.
    person.email, person.fs_uniquifier = new, uuid.uuid4().hex
    with refusing("users_email_key", AddressTaken):
        session().flush()
    move_choices(old, new)
    revoke_access(person.id, actor_id=person.id)
    audit.record(person.id, "account.address_changed", person.id, old=old, new=new)
    for recipient in (old, new):
        with speaking(person.preferences):
            notify(recipient, template="signin/address_changed", name=person.name, old_address=old, new_address=new)
    return person
