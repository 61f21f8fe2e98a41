"""Errors as Stripe answers them (docs.stripe.com/api/errors, docs.stripe.com/error-codes)."""

from typing import Any


class StripeError(Exception):
    """A refusal with Stripe's body: `{"error": {type, code, param, message, decline_code}}`."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type_: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        stored: bool = True,
        **details: Any,
    ) -> None:
        """`stored=False` when nothing was executed, so that the same idempotency key may be tried again."""
        super().__init__(message)
        self.status = status
        self.stored = stored
        self.error = {"message": message, "type": type_, "code": code, "param": param, **details}

    def body(self) -> dict[str, Any]:
        """The JSON body; fields that do not apply are absent, as at Stripe."""
        error = {name: value for name, value in self.error.items() if value is not None}
        if code := error.get("code"):
            error["doc_url"] = f"https://docs.stripe.com/error-codes#{str(code).replace('_', '-')}"
        return {"error": error}


def missing(kind: str, object_id: str, param: str = "id", status: int = 404) -> StripeError:
    """`resource_missing`: 404 for the object of the path, 400 for one that a parameter names."""
    words = kind.replace(".", " ").replace("_", " ")
    return StripeError(f"No such {words}: '{object_id}'", status=status, code="resource_missing", param=param)


def not_played(param: str) -> StripeError:
    """Stripe knows this parameter; the sandbox refuses it rather than ignore it."""
    return StripeError(
        f"The sandbox does not play '{param}'; it would have been ignored.",
        code="sandbox_not_played",
        param=param,
        stored=False,
    )
