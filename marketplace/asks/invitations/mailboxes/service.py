"""Commands: a coach's secret address; take a mail in, read it, use it, forget it."""

import hashlib
import uuid
from email.utils import parseaddr

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.asks.invitations.mailboxes import notifications, queries
from marketplace.asks.invitations.mailboxes.models import MailInAddress, ReceivedMail
from marketplace.asks.invitations.mailboxes.rules import addresses, mails, states
from marketplace.asks.invitations.mailboxes.rules.mails import ReadMail, UnreadableMail
from marketplace.asks.invitations.mailboxes.transitions import transition_mail
from marketplace.asks.invitations.models import Invitation
from marketplace.asks.invitations.rules.states import MAILED
from marketplace.asks.invitations.service import receiving
from marketplace.audit.service import record
from marketplace.coaches import queries as coaches
from marketplace.coaches.rules import may_publish
from marketplace.coaches.service.profiles import locked as locked_coach
from marketplace.db import session, transactional, uuid7
from marketplace.errors import Conflict, FairhourError, Invalid, NotFound
from marketplace.jobs import enqueue
from marketplace.languages import DEFAULT, Preferences, speaking


class MailIsOff(Conflict):
    """The operator of this site takes no mail in. Upload the invitation instead."""


class NoSuchAddress(NotFound):
    """There is no such address here."""


class TooManyMails(Conflict):
    """This address has taken as many mails as it may in an hour."""


@transactional
def make_address(coach: User) -> str:
    """Give the coach a secret address, or another one: what was sent to the one before is refused from now on."""
    profile = coaches.profile_of(coach)
    if not queries.is_on():
        raise MailIsOff
    locked_coach(profile.id)
    found = session().get(MailInAddress, profile.id, populate_existing=True)
    generation = 1 if found is None else found.generation + 1
    local = addresses.local_part(profile.id, generation=generation, key=config.current().secret_key)
    row = {"generation": generation, "digest": addresses.digest(local), "made_at": clock.now()}
    written = insert(MailInAddress).values(coach_id=profile.id, **row)
    session().execute(written.on_conflict_do_update(index_elements=["coach_id"], set_=row))
    record(coach.id, "mail_in_address.made", profile.id)
    return f"{local}@{config.current().mail_in_domain}"


@transactional
def remove_address(coach: User) -> None:
    """Take no more mails for the coach. Harmless where there is no address."""
    profile = coaches.profile_of(coach)
    locked_coach(profile.id)
    found = session().get(MailInAddress, profile.id, populate_existing=True)
    if found is not None and found.digest is not None:
        found.digest = None
        record(coach.id, "mail_in_address.removed", profile.id)


@transactional
def check_recipient(address: str) -> None:
    """Raise NoSuchAddress for what is nobody's, TooManyMails where it has taken as many as it may."""
    _recipient(address)


def _recipient(address: str) -> MailInAddress:
    found = queries.by_address(address)
    if found is None or not may_publish(found.coach.status):
        raise NoSuchAddress
    if queries.came_lately(found.coach_id) >= config.current().mail_in_per_hour:
        raise TooManyMails
    return found


@transactional
def take_in(address: str, raw: bytes, *, null_sender: bool) -> None:
    """Keep a mail as it came, and have it read; one that is delivered twice counts once.

    Raises NoSuchAddress, TooManyMails.
    """
    # The row of the address is locked: mails that come at once are counted one after the other.
    coach_id = _recipient(address).coach_id
    row = {
        "id": uuid7(),
        "coach_id": coach_id,
        "status": states.WAITING,
        "raw": raw,
        "digest": hashlib.sha256(raw).hexdigest(),
        "null_sender": null_sender,
        "quiet": False,
        "sender": "",
        "subject": "",
        "reason": "",
        "received_at": clock.now(),
    }
    wanted = insert(ReceivedMail).values(row).on_conflict_do_nothing(index_elements=["coach_id", "digest"])
    kept = session().scalar(wanted.returning(ReceivedMail.id))
    if kept is None:
        return
    newest = select(ReceivedMail.id).where(ReceivedMail.coach_id == coach_id, ReceivedMail.status.in_(states.KEPT))
    newest = newest.order_by(ReceivedMail.id.desc()).limit(addresses.MOST_KEPT - 1)
    session().execute(
        delete(ReceivedMail).where(
            ReceivedMail.coach_id == coach_id, ReceivedMail.status.in_(states.KEPT), ReceivedMail.id.not_in(newest)
        )
    )
    enqueue("read_received_mail", mail_id=str(kept))


def read_received_mail(mail_id: str) -> None:
    """Read a mail that waits: use the coach's own, hold what others or programs sent. Harmless twice."""
    key = uuid.UUID(mail_id)
    found = _look(key)
    if found is None:
        return
    coach, calendars = found
    # What is kept of a refusal is English, to be said in the language of who reads it.
    with speaking(Preferences(DEFAULT)):
        try:
            invitation = _use(coach, calendars)
        except FairhourError as refusal:
            _note_failed(key, _reason(refusal), tell=True)
            return
    _note_used(key, invitation, by=None)


def use(coach: User, *, mail_id: uuid.UUID) -> Invitation:
    """Use a mail that was held or failed, by the coach's own press; raises NotFound, and what `receive` raises."""
    calendars = _calendars_of(coach, mail_id)
    try:
        invitation = _use(coach, calendars)
    except FairhourError as refusal:
        _note_failed(mail_id, _reason(refusal), tell=False)
        raise
    _note_used(mail_id, invitation, by=coach.id)
    return invitation


@transactional
def discard(coach: User, *, mail_id: uuid.UUID) -> None:
    """Forget a mail; NotFound for anybody but its coach."""
    session().delete(queries.locked(mail_id, actor=coach))
    record(coach.id, "received_mail.discarded", mail_id)


@transactional
def forget_old_mails() -> None:
    """Forget what came thirty days ago, used or not."""
    session().execute(delete(ReceivedMail).where(ReceivedMail.received_at < clock.now() - addresses.KEPT_FOR))


@transactional
def _look(mail_id: uuid.UUID) -> tuple[User, tuple[bytes, ...]] | None:
    """The coach and the invitations of a mail that is to be used at once; None where it was held, failed or done."""
    try:
        mail = queries.locked(mail_id)
    except NotFound:
        return None
    if mail.status != states.WAITING:
        return None
    try:
        read = _read(mail)
    except UnreadableMail as error:
        transition_mail(mail, states.FAILED, reason=str(error))
        return None
    mail.sender, mail.subject = read.sender, read.subject
    mail.quiet = read.warning is not None
    trusted = read.sender != "" and read.sender.casefold() == mail.coach.user.email.casefold()
    if read.warning is not None or not trusted:
        warning = (read.warning or mails.STRANGER).message
        transition_mail(mail, states.HELD if read.calendars else states.FAILED, reason=warning)
        return None
    return mail.coach.user, read.calendars


def _read(mail: ReceivedMail) -> ReadMail:
    own_domain = parseaddr(config.current().mail_from)[1].rpartition("@")[2]
    return mails.read_mail(mail.raw or b"", null_sender=mail.null_sender, own_domain=own_domain)


@transactional
def _calendars_of(coach: User, mail_id: uuid.UUID) -> tuple[bytes, ...]:
    mail = queries.locked(mail_id, actor=coach)
    if mail.status not in states.KEPT:
        raise NotFound
    try:
        return _read(mail).calendars
    except UnreadableMail:
        return ()


def _use(coach: User, calendars: tuple[bytes, ...]) -> Invitation:
    """Receive the first of several texts that is an invitation; raises the first refusal where none is."""
    first: FairhourError | None = None
    for text in calendars:
        try:
            return receiving.receive(coach, text=text, source=MAILED).invitation
        except FairhourError as refusal:
            first = first or refusal
    raise first or Invalid(text=mails.NO_INVITATION.message)


def _reason(refusal: FairhourError) -> str:
    if isinstance(refusal, Invalid) and (said := refusal.fields.get("text")):
        return str(said[0] if isinstance(said, list) else said)
    return refusal.sentence


@transactional
def _note_used(mail_id: uuid.UUID, invitation: Invitation, *, by: uuid.UUID | None) -> None:
    mail = queries.locked(mail_id)
    if mail.status == states.USED:
        return
    transition_mail(mail, states.USED, by=by)
    mail.invitation_id = invitation.id
    if by is None:
        notifications.tell_read(mail, invitation)


@transactional
def _note_failed(mail_id: uuid.UUID, reason: str, *, tell: bool) -> None:
    mail = queries.locked(mail_id)
    if mail.status == states.USED:
        return
    transition_mail(mail, states.FAILED, reason=reason)
    if tell:
        notifications.tell_failed(mail)
