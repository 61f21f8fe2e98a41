"""The doors as people use them: a browser without JavaScript, and an API client."""

import contextvars
import re
import uuid
from contextlib import nullcontext
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_security.utils import login_user
from sqlalchemy import select
from werkzeug.test import TestResponse

from marketplace.accounts.models import User
from marketplace.accounts.passkeys.models import Passkey
from marketplace.accounts.tokens import rules as token_rules
from marketplace.accounts.tokens import service as token_service
from marketplace.db import db, session
from tests import contract, stylesheet

PASSWORD = "correct horse battery staple"


def version_in(page: str, path: str) -> dict[str, str]:
    """The hidden version that the form of `page` which is sent to `path` carries, if it has one."""
    for attributes, inside in re.findall(r"<form([^>]*)>(.*?)</form>", page, re.DOTALL):
        version = re.search(r'name="version" value="([^"]*)"', inside)
        if version and f'action="{path.partition("?")[0]}"' in attributes:
            return {"version": version.group(1)}
    return {}


def multipart(fields: dict[str, str] | None = None, /, **files: list[tuple[str, bytes]]) -> dict[str, Any]:
    """A body of fields and files, as a request's `data` and `content_type`."""
    parts = [(name, "", text.encode()) for name, text in (fields or {}).items()]
    for field, sent in files.items():
        for name, data in sent:
            quoted = name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
            parts.append((field, f'; filename="{quoted}"\r\nContent-Type: application/octet-stream', data))
    boundary = "----a-boundary-of-the-tests"
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + data + b"\r\n"
        for name, more, data in parts
    )
    return {
        "data": body + f"--{boundary}--\r\n".encode(),
        "content_type": f"multipart/form-data; boundary={boundary}",
    }


class PageClient(FlaskClient):
    """A browser. Each request runs in a fresh context, as on a server; `post` carries the CSRF token of the session."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # What is sent piece by piece is made in the request's context, so it is read to its end there.
        kwargs.setdefault("buffered", True)
        if has_app_context():
            db.session.commit()
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.expire_all()
        stylesheet.hold(answer)
        return answer

    def submit(self, path: str, data: dict[str, Any] | None = None, *, seen: str | None = None, **more: Any) -> Any:
        """Load the page at `seen` (default: `path`), take its CSRF token, and post the form to `path`."""
        page = self.get(seen or path).get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        carried = {"csrf_token": found.group(1) if found else ""} | version_in(page, path)
        return self.post(path, data={**carried, **(data or {})}, **more)

    def send_files(self, path: str, files: dict[str, list[tuple[str, bytes]]], *, seen: str, **fields: str) -> Any:
        """Load the page at `seen`, and post files and fields to `path` with its CSRF token."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(seen).get_data(as_text=True))
        carried = {"csrf_token": found.group(1) if found else ""}
        return self.post(path, **multipart(carried | fields, **files))

    def come_in(self, person: User) -> None:
        """Be signed in as after a right password; who is asked for more than one goes through the page."""
        factors = select(Passkey.id).where(Passkey.user_id == person.id)
        if person.tf_primary_method or session().scalars(factors).first():
            self.sign_in(person)
            return
        assert person.active
        assert person.confirmed_at
        db.session.commit()
        contextvars.Context().run(self._come_in, person.id)
        db.session.expire_all()

    def _come_in(self, key: uuid.UUID) -> None:
        context = self.application.test_request_context("/login", method="POST", environ_base=self.environ_base)
        self._add_cookies_to_wsgi(context.request.environ)
        with context:
            assert login_user(session().get(User, key), authn_via=["password"])
            answer = self.application.process_response(self.application.response_class())
        self._update_cookies_from_response("localhost", "/login", answer.headers.getlist("Set-Cookie"))

    def sign_in(self, person: User, password: str = PASSWORD) -> None:
        answer = self.submit("/login", {"email": person.email, "password": password})
        assert answer.status_code == 302, f"{person.email} could not sign in: {answer.status}"


class ApiClient:
    """The API with or without a bearer token; paths are below /api/v1."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self._client = app.test_client()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    @classmethod
    def of(cls, app: Flask, person: User, scopes: tuple[str, ...] | None = None) -> "ApiClient":
        """With a token of these scopes: by default every one that this person may have."""
        with nullcontext() if has_app_context() else app.app_context():
            person = session().merge(person)
            every = [scope for scope in token_rules.SCOPES if token_rules.may_have([scope], person.has_role("admin"))]
            _row, token = token_service.create_token(person, name="test", scopes=every if scopes is None else scopes)
        return cls(app, token)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {} if body is None else {"json": body}
        answer = self._client.open(f"/api/v1{path}", method=method, headers=self._headers | sent, **options)
        contract.hold(self._client.application, method, path, answer)
        return answer

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.call("POST", path, body or {}, **headers)

    def upload(self, path: str, data: bytes, name: str = "me.png", field: str = "file") -> TestResponse:
        """A file as multipart/form-data."""
        sent = multipart(**{field: [(name, data)]})
        answer = self._client.post(f"/api/v1{path}", headers=self._headers, **sent)
        contract.hold(self._client.application, "POST", path, answer)
        return answer

    def patch(self, path: str, body: Any, **headers: str) -> TestResponse:
        """Change it whatever it says now, unless another `If_Match` is given."""
        return self.call("PATCH", path, body, **{"If_Match": "*"} | headers)

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        """Replace whatever is there, unless another `If_Match` is given."""
        return self.call("PUT", path, body, **{"If_Match": "*"} | headers)

    def delete(self, path: str, **headers: str) -> TestResponse:
        return self.call("DELETE", path, **headers)
