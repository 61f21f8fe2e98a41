"""Passkeys: what a browser is asked for, and whether it answers rightly (WebAuthn).

A challenge is of one session, one purpose and five minutes, and is answered once. The site is PUBLIC_URL, whatever
host a request names.
"""

import secrets
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import webauthn
from flask import session
from webauthn.helpers import (
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from marketplace import clock, config, strict_json
from marketplace.accounts.models import User
from marketplace.accounts.passkeys import queries, service
from marketplace.accounts.passkeys.models import Passkey
from marketplace.accounts.passkeys.rules import CHALLENGE_GOOD_FOR
from marketplace.accounts.passkeys.service import PasskeyRefused
from marketplace.authentication.limits import place
from marketplace.authentication.proof import prove_factor
from marketplace.authentication.record import note_failed_sign_in
from marketplace.errors import UnreadableBody

R = TypeVar("R")

CHALLENGE = "passkey_challenge"
CHALLENGE_BYTES = 32
# Every ceremony has the authenticator see who holds it (a finger, a face, a PIN): so a passkey is two factors.
VERIFIED = UserVerificationRequirement.REQUIRED
# What the library raises for what is no credential at all, its own errors aside.
MALFORMED = (WebAuthnException, UnreadableBody, ValueError, TypeError, KeyError, IndexError, AttributeError)


def offered() -> bool:
    """Whether browsers make passkeys for this site: for a name, not for a bare IP address."""
    try:
        ip_address(_site())
    except ValueError:
        return True
    return False


def creation_options(person: User) -> dict[str, Any]:
    """What `navigator.credentials.create` is given, to make one more passkey of a person who is signed in."""
    options = webauthn.generate_registration_options(
        rp_id=_site(),
        rp_name=config.current().site_name,
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        challenge=_challenge("add"),
        timeout=_milliseconds(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=VERIFIED
        ),
        exclude_credentials=_credentials(person),
    )
    return options_to_json_dict(options)


def request_options(purpose: str, person: User | None = None) -> dict[str, Any]:
    """What `navigator.credentials.get` is given; with a person, one of that person's passkeys is asked for."""
    options = webauthn.generate_authentication_options(
        rp_id=_site(),
        challenge=_challenge(purpose),
        timeout=_milliseconds(),
        allow_credentials=_credentials(person) if person else None,
        user_verification=VERIFIED,
    )
    return options_to_json_dict(options)


def add(person: User, *, name: str, answer: str) -> Passkey:
    """Keep the passkey that a person's browser has made; raises PasskeyRefused where it is none for this site."""
    challenge = _take_challenge("add")

    def verified() -> Any:
        credential = parse_registration_credential_json(strict_json.loads(answer))
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
        return made, credential.response.transports or []

    made, transports = _read(verified)
    added = service.add_passkey(
        person,
        name=name,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=[transport.value for transport in transports],
        challenge=challenge,
    )
    prove_factor()
    return added


def whose(answer: str, purpose: str, person: User | None = None) -> User:
    """Whose passkey has answered; with a person, only one of theirs is taken. Raises PasskeyRefused, and notes it."""
    challenge = _take_challenge(purpose)
    credential = _read(lambda: parse_authentication_credential_json(strict_json.loads(answer)))
    passkey = queries.by_credential(credential.raw_id)
    if passkey is None or (person is not None and passkey.user_id != person.id):
        _refuse(person)
    if credential.response.user_handle not in {None, b"", passkey.user_id.bytes}:
        _refuse(passkey.user)
    verified = _read(
        lambda: webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=_origin(),
            credential_public_key=passkey.public_key,
            # The counter is compared where it is written: two answers at once cannot both go on from one.
            credential_current_sign_count=0,
            require_user_verification=True,
        ),
        passkey.user,
    )
    if not service.use_passkey(passkey, sign_count=verified.new_sign_count, challenge=challenge):
        _refuse(passkey.user)
    return passkey.user


def _read(verify: Callable[[], R], owner: User | None = None) -> R:
    try:
        return verify()
    except MALFORMED:
        _refuse(owner)


def _refuse(owner: User | None) -> NoReturn:
    note_failed_sign_in(None if owner is None else owner.id, place=place())
    raise PasskeyRefused


def _challenge(purpose: str) -> bytes:
    """A new challenge, kept in the session's signed cookie; one that waited there is forgotten."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    session[CHALLENGE] = {"hex": challenge.hex(), "for": purpose, "at": int(clock.now().timestamp())}
    return challenge


def _take_challenge(purpose: str) -> bytes:
    """The challenge that this session was given for that; raises PasskeyRefused where there is none, or too old."""
    given = session.pop(CHALLENGE, None)
    if given is None or given["for"] != purpose:
        raise PasskeyRefused
    if not 0 <= clock.now().timestamp() - given["at"] <= CHALLENGE_GOOD_FOR.total_seconds():
        raise PasskeyRefused
    return bytes.fromhex(given["hex"])


def _credentials(person: User) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=passkey.credential_id, transports=[AuthenticatorTransport(way) for way in passkey.transports]
        )
        for passkey in queries.passkeys_of(person.id)
    ]


def _site() -> str:
    """The host of PUBLIC_URL, by which passkeys know the site."""
    return urlsplit(config.current().public_url).hostname or ""


def _origin() -> str:
    parts = urlsplit(config.current().public_url)
    return f"{parts.scheme}://{parts.netloc}"


def _milliseconds() -> int:
    return int(CHALLENGE_GOOD_FOR.total_seconds() * 1000)
