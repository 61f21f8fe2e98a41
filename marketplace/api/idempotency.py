"""`Idempotency-Key`: the same request, sent twice, happens once and is answered alike.

After the IETF's draft-ietf-httpapi-idempotency-key-header. Answers are kept in the database for a day, so nothing
secret may be answered under it.
"""

import uuid
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, ParamSpec

from flask import Response, jsonify, make_response, request

from marketplace.accounts import rules, service
from marketplace.db import OutsideFirst, transactional
from marketplace.error_answers import refuse
from marketplace.errors import FairhourError, Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _

P = ParamSpec("P")

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
LONGEST_KEY = 255
# How often something is done outside before a command that finds, when it begins anew, that there is more of it.
DONE_AHEAD = 3


def idempotent(view: Callable[P, Any]) -> Callable[P, Any]:
    """Answer a repetition with what the first request was answered, errors of the client included.

    What the view does and its answer are committed together, so that a crash leaves both or neither; a view asks
    another server by `before_command` alone, and is begun anew after it. Stands below `@needs`. Without the header
    nothing changes. The key with another request is refused (422), while the first still runs too (409); after an
    answer of 500 and more everything is undone, so that the request can be tried again.
    """

    @wraps(view)
    def once(*args: P.args, **kwargs: P.kwargs) -> Any:
        key = request.headers.get(HEADER)
        if key is None:
            return view(*args, **kwargs)
        if not key.isascii() or not key.isprintable() or not 1 <= len(key) <= LONGEST_KEY:
            raise Invalid(**{HEADER: _("Use 1 to %(most)s printable ASCII characters.", most=LONGEST_KEY)})
        fingerprint = rules.fingerprint(request.method, request.full_path, request.get_data())
        request_id, answered = service.begin_request(actor(), key=key, fingerprint=fingerprint)
        if answered is not None:
            return _replay(answered)
        try:
            for _ahead in range(DONE_AHEAD):
                try:
                    return _do_and_keep(request_id, view, *args, **kwargs)
                except OutsideFirst as first:
                    # Somebody may open the next page meanwhile.
                    first.do()
            return _do_and_keep(request_id, view, *args, **kwargs)
        except _NotKept as broken:
            service.forget_request(request_id)
            return broken.answer
        except BaseException:
            service.forget_request(request_id)
            raise

    _document(once)
    return once


class _NotKept(Exception):
    """An answer of 500 and more: whatever was done is undone."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer


@transactional
def _do_and_keep(request_id: uuid.UUID, view: Callable[..., Any], *args: Any, **kwargs: Any) -> Response:
    answered = service.take_request(request_id)
    if answered is not None:
        return _replay(answered)
    answer = make_response(_answer(view, *args, **kwargs))
    if answer.status_code >= 500:
        raise _NotKept(answer)
    service.finish_request(request_id, answer=_kept(answer))
    return answer


def _answer(view: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return view(*args, **kwargs)
    except FairhourError as error:
        return refuse(error)


def _kept(answer: Response) -> service.Answer:
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    return service.Answer(answer.status_code, answer.get_json(silent=True), headers)


def _replay(answered: service.Answer) -> Response:
    answer = Response(status=answered.status) if answered.status == 204 else jsonify(answered.json)
    answer.status_code = answered.status
    answer.headers.update(answered.headers)
    answer.headers[REPLAYED] = "true"
    return answer


def _document(view: Any) -> None:
    view._apidoc = deepcopy(getattr(view, "_apidoc", {}))
    header = {
        "in": "header",
        "name": HEADER,
        "schema": {"type": "string", "maxLength": LONGEST_KEY},
        "description": _("A string of your own for this one request; sent twice, it happens once."),
    }
    view._apidoc.setdefault("manual_doc", {}).setdefault("parameters", []).append(header)
