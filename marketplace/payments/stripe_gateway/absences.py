"""What Stripe leaves out of an answer reads as null: its specification lets it do either.

The SDK's classes know both as `Optional`, and raise AttributeError for what was left out.
"""

from functools import cache
from typing import Any, TypeVar, get_args

import stripe

R = TypeVar("R")


def filled(answer: R) -> R:
    """The answer itself, in which each optional field that was left out is None, at every depth.

    An event stays as it came: it is stored so.
    """
    if isinstance(answer, list):
        for one in answer:
            filled(one)
    elif isinstance(answer, stripe.StripeObject) and not isinstance(answer, stripe.Event):
        for value in answer.to_dict(recursive=False).values():
            filled(value)
        for name in optional(type(answer)):  # type: ignore[arg-type]  # mypy: a class is hashable
            if not hasattr(answer, name):
                answer[name] = None
    return answer


@cache
def optional(resource: type[Any]) -> tuple[str, ...]:
    """The names of a resource's fields that may be null or left out."""
    return tuple(name for name, hint in resource.__annotations__.items() if type(None) in get_args(hint))
