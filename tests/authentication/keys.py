"""A security key in software: it makes credentials and signs challenges as Web Authentication Level 3 says."""

import base64
import hashlib
import json
import re
import struct
from dataclasses import dataclass, field
from secrets import token_bytes

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Key:
    """One credential; its counter goes up with each signature, or stays at zero with `counts` False."""

    counts: bool = True
    count: int = 0
    flags: int = PRESENT | VERIFIED
    origin: str = ORIGIN
    credential_id: bytes = field(default_factory=lambda: token_bytes(16))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""

    def make(self, options):
        """What `navigator.credentials.create` answers, as the page sends it."""
        self.handle = data(options["user"]["id"])
        numbers = self.private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor2.dumps(public)
        seen = self._seen(options["rp"]["id"], self.flags | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": seen})
        client = self._client("webauthn.create", options)
        return self._credential(clientDataJSON=client, attestationObject=attestation)

    def sign(self, options):
        """What `navigator.credentials.get` answers, as the page sends it."""
        self.count += self.counts
        seen, client = self._seen(options["rpId"], self.flags), self._client("webauthn.get", options)
        signature = self.private.sign(seen + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            clientDataJSON=client, authenticatorData=seen, signature=signature, userHandle=self.handle
        )

    def _seen(self, site, flags):
        return hashlib.sha256(site.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind, options):
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _credential(self, **response):
        named = text(self.credential_id)
        given = {name: text(value) for name, value in response.items()}
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": given})


def token_of(browser, page):
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page).get_data(as_text=True))
    return found.group(1) if found else ""


def ask(browser, path, page="/login"):
    """The options that the page's script fetches there."""
    answer = browser.post(path, data={"csrf_token": token_of(browser, page)})
    assert answer.status_code == 200, answer.status
    return answer.get_json()


def add(browser, key, name="Key"):
    """Go to the form and add the key there; the answer."""
    made = key.make(ask(browser, "/account/passkeys/options", "/account"))
    return browser.submit("/account/passkeys", {"name": name, "credential": made}, seen="/account")


def sign_in(browser, key, **typed):
    """Sign in with it; the answer."""
    signed = key.sign(ask(browser, "/passkeys/sign-in/options"))
    return browser.submit("/passkeys/sign-in", {"credential": signed, **typed}, seen="/login")


def is_in(browser):
    """Whether the browser is signed in."""
    return browser.get("/account").status_code == 200
