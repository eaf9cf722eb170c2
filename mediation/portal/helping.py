"""请人帮我填: a link and a code by which someone on another phone works on the same draft, under their own name."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case
from cases.services.intake import save_answers
from cases.services.steps import lock_case
from cases.workflow import Stage

LASTS = timedelta(hours=24)
MOST_TRIES = 5
SALT = "portal.helping"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the applicant sends (`path`) and reads out (`code`)."""

    path: str
    code: str


@transaction.atomic
def invite(*, case_id: UUID) -> Invitation:
    """A new invitation of 24 hours; an earlier one stops working."""
    lock_case(case_id)
    code, mark = f"{secrets.randbelow(10_000):04d}", secrets.token_hex(6)
    save_answers(case_id=case_id, invitation={"mark": mark, "digest": _digest(mark, code), "tries": 0})
    token = signing.dumps({"case": str(case_id), "mark": mark}, salt=SALT)
    return Invitation(reverse("portal:invited", args=[token]), code)


def accept(*, token: str, code: str) -> Case:
    """The draft behind a link, for who knows the code. Raises Refusal: too old, not right, or tried too often."""
    try:
        told = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature as error:
        raise Refusal(_("This link is too old. Please ask the applicant for a new one.")) from error
    right, old = _try(UUID(told["case"]), str(told["mark"]), "".join(code.split()))
    if old:
        raise Refusal(_("This link is too old. Please ask the applicant for a new one."))
    if not right:
        raise Refusal(_("This code is not right. Please ask the applicant once more."))
    return Case.objects.get(pk=told["case"])


@transaction.atomic
def _try(case_id: UUID, mark: str, code: str) -> tuple[bool, bool]:
    """Whether the code is right, and whether the invitation is over. Each try is counted."""
    case = lock_case(case_id)
    kept = case.answers.get("invitation") or {}
    if case.stage != Stage.INTAKE or kept.get("mark") != mark or kept["tries"] >= MOST_TRIES:
        return False, True
    right = secrets.compare_digest(kept["digest"], _digest(mark, code))
    save_answers(case_id=case_id, invitation={**kept, "tries": 0 if right else kept["tries"] + 1})
    return right, False


@transaction.atomic
def note_helper(*, case_id: UUID, helper_name: str, helper_relation: str) -> str:
    """Write down who helps; returns their name and relation in one line, as the party's record will keep it."""
    case = lock_case(case_id)
    helper = f"{helper_name}，{helper_relation}"
    act = {"by": helper, "question": "", "on": timezone.localdate().isoformat()}
    acts = case.answers.get("acts", [])
    save_answers(
        case_id=case_id,
        helper=helper,
        helper_name=helper_name,
        helper_relation=helper_relation,
        acts=acts if act in acts else [*acts, act],
    )
    return helper


def _digest(mark: str, code: str) -> str:
    return salted_hmac(SALT, f"{mark}:{code}", algorithm="sha256").hexdigest()
