"""How the interface says no: application/problem+json (RFC 9457), with every message in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from cases.errors import Refusal
from cases.rules.cost import CostError
from cases.rules.limits import ExtensionError
from cases.rules.tables import RuleTableError

PROBLEM = "application/problem+json"
Json = dict[str, Any]


def as_problem(error: Exception, context: Json) -> Response | None:
    """The answer to an exception in a view; None for a bug, which is left to rise.

    A Refusal is 409 with all its messages. What cannot be read is 400 with the messages by field. What is not there, or
    not for this reader, is 404 or 403.
    """
    if isinstance(error, Refusal):
        set_rollback()
        return _problem(status.HTTP_409_CONFLICT, _("This cannot be done now"), messages=list(error))
    if isinstance(error, CostError | ExtensionError | RuleTableError | DjangoValidationError):
        error = exceptions.ValidationError([str(error)])
    if isinstance(error, exceptions.ValidationError):
        set_rollback()
        fields = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        messages = list(_flat(error.detail))
        return _problem(
            status.HTTP_400_BAD_REQUEST, _("Something is not right yet"), messages=messages, errors=fields
        )
    answer = exception_handler(error, context)
    if answer is None:
        return None
    detail = str(answer.data.get("detail", "")) if isinstance(answer.data, dict) else str(answer.data)
    told = _problem(answer.status_code, detail or answer.status_text, messages=[detail] if detail else [])
    for name in ("WWW-Authenticate", "Retry-After", "Allow"):
        if name in answer.headers:
            told[name] = answer.headers[name]
    return told


def _problem(code: int, title: str, *, messages: list[str], errors: Any = None) -> Response:
    told: Json = {
        "type": "about:blank",
        "title": str(title),
        "status": code,
        "detail": " ".join(messages),
        "messages": messages,
    }
    if errors is not None:
        told["errors"] = errors
    return Response(told, status=code, content_type=PROBLEM)


def _flat(detail: Any) -> Iterable[str]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from (f"{key}: {text}" if isinstance(key, str) else text for text in _flat(value))
    elif isinstance(detail, list):
        for value in detail:
            yield from _flat(value)
    else:
        yield str(detail)
