"""The draft of this browser: found by its session, begun without a name, kept 90 days, never half lost.

`Case.answers` holds what was answered, and beside it `raw` (what was written but not yet answered, word for word, by
question), `done` (questions answered), and `acts` (what a helper did).
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Exhibit
from cases.roles import Role
from cases.services.intake import draft_case, save_answers
from cases.services.steps import lock_case
from cases.workflow import Stage
from mediation.entrance import gate
from mediation.portal.intake_forms import QUESTIONS, ContactForm, MoneyForm, StoryForm, WhenForm

KEPT = timedelta(days=90)
DRAFT, DRAFTS, FILED, HELPER, RESCUED = "draft", "drafts", "filed", "helper", "rescued"  # keys of the session
DRAFTS_A_DAY = 10
CODES_AN_HOUR = 10
NAMED_APART = {
    MoneyForm.slug: ("amount_fen", "amount_unknown", "principal_fen", "received_fen"),
    StoryForm.slug: ("story", "story_recording", "heard"),
    WhenForm.slug: ("contract_on", "contract_when", "product", "contract_no", "place", *WhenForm.OLDER),
    ContactForm.slug: (
        *("name", "phone", "id_number", "address", "e_delivery", "agreed"),
        *("helper", "helper_name", "helper_relation", "notice_version"),
        *("agent", "agent_name", "agent_relation"),
    ),
    "who": ("respondent", "institution", "licence"),
    "trouble": ("kind",),
    "wish": ("remedies", "wanted"),
}


def current(request: HttpRequest) -> Case | None:
    """The draft that this browser is working on, if there is one that can still be worked on."""
    try:
        key = UUID(str(request.session.get(DRAFT, "")))
    except ValueError:
        return None
    return Case.objects.filter(pk=key, stage=Stage.INTAKE, saved_at__gte=timezone.now() - KEPT).first()


def current_or_new(request: HttpRequest) -> Case:
    """The draft of this browser, begun now if there is none. Raises Refusal when too many were begun."""
    if case := current(request):
        return case
    count_or_refuse(request, "drafts_begun", most=DRAFTS_A_DAY, seconds=24 * 3600)
    gate.count_or_refuse(request, "drafts")
    case = draft_case()
    take_up(request, case)
    return case


def take_up(request: HttpRequest, case: Case) -> None:
    """Work on this draft from now on, on this phone."""
    key = str(case.pk)
    request.session[DRAFT] = key
    request.session[DRAFTS] = [key, *(other for other in request.session.get(DRAFTS, []) if other != key)][
        :20
    ]
    request.session.set_expiry(settings.SESSION_COOKIE_AGE)


def count_or_refuse(request: HttpRequest, what: str, *, most: int, seconds: int) -> None:
    """Count one more of `what` in this session. Raises Refusal beyond `most` in so many seconds."""
    now = time.time()
    times = [at for at in request.session.get(what, []) if now - at < seconds]
    if len(times) >= most:
        raise Refusal(
            _("This was done very often from this phone. Please wait, or call %(phone)s.")
            % {"phone": settings.HELP_PHONE}
        )
    request.session[what] = [*times, now]


def raw_of(posted: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields of a form word for word, without those that only steer."""
    lists = getattr(posted, "lists", posted.items)()
    return {name: [str(v) for v in values] for name, values in lists if name not in STEERING}


STEERING = {"csrfmiddlewaretoken", "voice", "later", "dialect_first", "back"}


@transaction.atomic
def keep_raw(*, case_id: UUID, slug: str, raw: Mapping[str, list[str]] | None, helper: str = "") -> Case:
    """Keep what was written to a question word for word; None lets go of it."""
    case = lock_case(case_id)
    kept = {name: words for name, words in case.answers.get("raw", {}).items() if name != slug}
    if raw is not None:
        kept[slug] = dict(raw)
    return save_answers(case_id=case_id, raw=kept, **_acts(case, slug, helper))


@transaction.atomic
def keep_answers(*, case_id: UUID, slug: str, answers: Mapping[str, Any], helper: str = "") -> Case:
    """Keep the answers to a question; what was written before them is settled by them."""
    case = lock_case(case_id)
    kept = {name: words for name, words in case.answers.get("raw", {}).items() if name != slug}
    done = [name for name in case.answers.get("done", []) if name != slug]
    return save_answers(
        case_id=case_id, **{**answers, "raw": kept, "done": [*done, slug]}, **_acts(case, slug, helper)
    )


def _acts(case: Case, slug: str, helper: str) -> dict[str, Any]:
    """What a helper did, each question once a day."""
    if not helper:
        return {}
    act = {"by": helper, "question": slug, "on": timezone.localdate().isoformat()}
    acts = case.answers.get("acts", [])
    return {} if act in acts else {"acts": [*acts, act]}


@transaction.atomic
def carry_over(*, source: Case, target_id: UUID) -> None:
    """Bring the answers of a draft begun by accident into the one that is taken up again; the newer ones win."""
    if source.pk == target_id:
        return
    answers = source.answers
    for slug in answers.get("done", []):
        named = {key: answers[key] for key in NAMED_APART.get(slug, ()) if key in answers}
        if "story_recording" in named:  # recordings stay with the draft they were made for
            named.pop("story_recording")
            named.pop("heard", None)
        keep_answers(case_id=target_id, slug=slug, answers=named)
    for slug, raw in answers.get("raw", {}).items():
        keep_raw(case_id=target_id, slug=slug, raw=raw)


def files_of(case: Case) -> list[Exhibit]:
    """What was handed in with this draft, in order, the spoken story left out."""
    return [exhibit for exhibit in _handed_in(case) if exhibit.kind != Exhibit.Kind.STORY]


def stories_of(case: Case) -> list[Exhibit]:
    """The recordings of the spoken story, in order."""
    return [exhibit for exhibit in _handed_in(case) if exhibit.kind == Exhibit.Kind.STORY]


def _handed_in(case: Case) -> list[Exhibit]:
    seen = case.exhibits.filter(withdrawn_at__isnull=True, by_role=Role.CITIZEN)
    return list(seen.select_related("deposit", "recording"))


def open_questions(case: Case) -> list[str]:
    """The questions that were not answered yet, or where something written waits to be finished, in order."""
    answers = case.answers
    done, raw = set(answers.get("done", [])), answers.get("raw", {})
    return [form.slug for form in QUESTIONS if form.slug not in done or form.slug in raw]


def of_session(request: HttpRequest) -> list[Case]:
    """Every draft that was begun or taken up on this phone and can still be filed, newest first."""
    wanted = request.session.get(DRAFTS, [])
    since = timezone.now() - KEPT
    return list(
        Case.objects.filter(pk__in=wanted, stage=Stage.INTAKE, saved_at__gte=since).order_by("-saved_at")
    )
