"""Bearer tokens: who asks, and what the token may."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import g, request

from marketplace import authority
from marketplace.accounts import queries
from marketplace.accounts.models import AccessToken
from marketplace.accounts.tokens import rules, service
from marketplace.error_answers import problem
from marketplace.errors import NotAllowed, NotFound
from marketplace.languages import gettext as _

P = ParamSpec("P")
R = TypeVar("R")


def needs(scope: str | None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a view be called only with a token of this scope (None: any), and set `g.token_user` for `http.actor()`.

    Nobody or a useless token is answered 401, a token without the scope 403. For an admin's scope its owner must be
    one, too: for others the address does not exist. Whether an admin acts as one, `rules.acts_as_admin` says.
    """
    if scope is not None and scope not in rules.SCOPES:
        raise ValueError(f"there is no scope {scope!r}")

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            token = _token()
            if token is None:
                return _who_are_you()
            if scope in rules.ADMIN_SCOPES and not token.user.has_role("admin"):
                raise NotFound
            if scope is not None and scope not in token.scopes:
                raise NotAllowed(_("This token may not do that: it lacks the scope '%(scope)s'.", scope=scope))
            g.token, g.token_user = token, token.user
            authority.use(rules.acts_as_admin(scope, token.scopes, reads=request.method in {"GET", "HEAD"}))
            service.note_use(token)
            return view(*args, **kwargs)

        _document(guarded, scope)
        return guarded

    return decorate


def asking_token() -> AccessToken:
    """The token that asks."""
    token: AccessToken = g.token
    return token


def _token() -> AccessToken | None:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    return queries.user_by_token(text.strip()) if kind.lower() == "bearer" and text else None


def _who_are_you() -> Any:
    sentence = _("Send a valid access token: 'Authorization: Bearer fh_…'. You make one on your account page.")
    answer = problem(401, sentence)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _document(view: Any, scope: str | None) -> None:
    """Tell the OpenAPI document which scope the operation asks for."""
    view._apidoc = deepcopy(getattr(view, "_apidoc", {}))
    manual = view._apidoc.setdefault("manual_doc", {})
    manual["security"] = [{"bearer": [scope] if scope else []}]
    manual.setdefault("responses", {}).update({"401": "UNAUTHORIZED", "403": "FORBIDDEN"})
