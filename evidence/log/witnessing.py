"""Asking a witness over HTTP (tlog-witness): here is our newest checkpoint, and the proof that it goes on from the
last one that you saw.
"""

import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.client import HTTPException
from typing import IO

from evidence.log import problems
from evidence.tlog.notes import Line, NoteRefused, to_base64

WAITS_S = 3.0
LONGEST_ANSWER = 16 * 1024
SIZE_TYPE = "text/x.tlog.size"
_PROBLEMS = {
    HTTPStatus.BAD_REQUEST.value: problems.CANNOT_READ,
    HTTPStatus.FORBIDDEN.value: problems.UNTRUSTED,
    HTTPStatus.NOT_FOUND.value: problems.UNKNOWN_LOG,
    HTTPStatus.UNPROCESSABLE_ENTITY.value: problems.OTHER_HISTORY,
}


class WitnessSilent(Exception):
    """No cosignature; the message says why."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The signature lines of a witness."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class OtherSize:
    """The witness saw another size last than we thought (409)."""

    size: int


def ask_witness(
    url: str, *, old: int, proof: Sequence[bytes], note: str, within_s: float = WAITS_S
) -> Cosigned | OtherSize:
    """Send one checkpoint with the consistency proof from size `old`. Raises WitnessSilent."""
    head = "".join([f"old {old}\n", *(f"{to_base64(one)}\n" for one in proof)])
    request = urllib.request.Request(  # noqa: S310 — the scheme was looked at where the address was read
        f"{url}/add-checkpoint",
        data=f"{head}\n{note}".encode(),
        headers={"Content-Type": "text/plain; charset=utf-8"},
        method="POST",
    )
    try:
        with _OPENER.open(request, timeout=within_s) as answer:
            return _cosigned(answer.read(LONGEST_ANSWER + 1))
    except urllib.error.HTTPError as error:
        with error:
            return _refusal(error)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise WitnessSilent(problems.kept(problems.SILENT, reason)) from error


def _cosigned(body: bytes) -> Cosigned:
    try:
        text = body.decode()
        if len(body) > LONGEST_ANSWER or not text.endswith("\n"):
            raise WitnessSilent(problems.NO_SIGNATURES)
        return Cosigned(tuple(Line.parse(row) for row in text[:-1].split("\n")))
    except (UnicodeDecodeError, NoteRefused) as error:
        raise WitnessSilent(problems.NO_SIGNATURES) from error


def _refusal(error: urllib.error.HTTPError) -> OtherSize:
    if error.code == HTTPStatus.CONFLICT and error.headers.get_content_type() == SIZE_TYPE:
        said = error.read(64).strip()
        if said.isdigit():
            return OtherSize(int(said))
    raise WitnessSilent(problems.kept(_PROBLEMS.get(error.code, problems.REFUSES), error.code)) from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A checkpoint goes to the address of its witness and to no other."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """None: the redirect is an error of its status."""


_OPENER = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
