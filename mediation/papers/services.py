"""Making papers: content from the case, a PDF from the content, an exhibit from the PDF."""

import io
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from cases.errors import Refusal
from cases.models import Case, Exhibit, User
from cases.roles import Role, Side
from cases.services.exhibits import add_exhibit
from cases.services.steps import lock_case, remember
from evidence.origin.provenance import Provenance, Way
from mediation.documents.kinds import KINDS
from mediation.documents.render import render, written_out
from mediation.papers.content import content_of
from mediation.papers.models import Paper

log = logging.getLogger(__name__)
MOST_TRIES = 6
FIRST_WAIT = timedelta(seconds=30)
AT_ONCE = 50
MOST_CODES = 20
ROLE_OF: dict[str, Role] = {Side.CLAIMANT: Role.CITIZEN, Side.RESPONDENT: Role.INSTITUTION}


def file_paper(
    *,
    case: Case,
    kind: str,
    content: Mapping[str, Any],
    title: str,
    by: User | None = None,
    role: Role = Role.SYSTEM,
    is_private: bool = False,
) -> Exhibit:
    """Print a paper and take it in as an exhibit of the case, inside the caller's transaction.

    `kind` is a code of mediation/documents/kinds; `is_private` keeps it between whoever asked (`role`) and the
    mediator. Raises its MissingContent and UnknownCharacter (both Refusals), and KeyError for an unknown kind.
    """
    pdf = render(kind, content)
    return file_pdf(case=case, kind=kind, pdf=pdf, title=title, by=by, role=role, is_private=is_private)


@transaction.atomic
def file_pdf(
    *,
    case: Case,
    kind: str,
    pdf: bytes,
    title: str,
    by: User | None = None,
    role: Role = Role.SYSTEM,
    is_private: bool = False,
) -> Exhibit:
    """Take a printed paper in as an exhibit, with where it comes from."""
    return add_exhibit(
        case_id=case.pk,
        file=io.BytesIO(pdf),
        name=f"{title}.pdf",
        by=by,
        role=role,
        kind=Exhibit.Kind.DOCUMENT,
        title=title,
        is_private=is_private,
        captured=Provenance(
            how=Way.PRINTED,
            where="system",
            account=str(by.pk) if by else "",
            made_with=f"mediation.documents {kind}",
        ),
        media_type="application/pdf",
    )


def render_due(*, most: int = AT_ONCE) -> int:
    """Make every paper that is owed now, oldest first; return how many were made.

    Nothing is locked while a paper is printed. A worker that is lost there leaves the row due again after its wait.
    """
    made = 0
    for _round in range(most):
        paper = _claim()
        if paper is None:
            break
        made += _make(paper)
    return made


@transaction.atomic
def try_again(*, paper_id: int) -> Paper:
    """A person has mended what was missing: make a failed paper once more."""
    paper = Paper.objects.select_for_update().get(pk=paper_id)
    if paper.state == Paper.State.FAILED:
        paper.state, paper.tries, paper.next_try_at = Paper.State.PENDING, 0, timezone.now()
        paper.save(update_fields=["state", "tries", "next_try_at"])
    return paper


@transaction.atomic
def note_mended(*, paper_id: int, staff: User) -> Paper:
    """A person has added by hand, on the printed paper, the letters that no font has. It is said once."""
    case = lock_case(Paper.objects.values_list("case_id", flat=True).get(pk=paper_id))
    paper = Paper.objects.select_for_update().get(pk=paper_id)
    if paper.unprinted and paper.mended_at is None:
        paper.mended_at = timezone.now()
        paper.save(update_fields=["mended_at"])
        remember(case, "paper.mend", by=staff, kind=paper.kind, letters=paper.unprinted)
    return paper


@transaction.atomic
def _claim() -> Paper | None:
    now = timezone.now()
    free = Paper.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    paper = free.filter(state=Paper.State.PENDING, next_try_at__lte=now).order_by("next_try_at", "pk").first()
    if paper is None:
        return None
    paper.tries += 1
    paper.next_try_at = now + FIRST_WAIT * (1 << 2 * (paper.tries - 1))
    paper.save(update_fields=["tries", "next_try_at"])
    return paper


def _make(paper: Paper) -> bool:
    case = Case.objects.for_desk().get(pk=paper.case_id)
    try:
        content = content_of(paper, case)
        _written, unprinted = written_out(paper.kind, content)
        _keep(paper, case, render(paper.kind, content), unprinted)
    except Refusal as refusal:
        _settle(paper, failed=True, problem=str(refusal))
    except Exception as error:
        log.exception("paper %s (%s) could not be made", paper.pk, paper.kind)
        _settle(paper, failed=paper.tries >= MOST_TRIES, problem=f"{type(error).__name__}: {error}")
    else:
        return True
    return False


@transaction.atomic
def _keep(paper: Paper, case: Case, pdf: bytes, unprinted: Mapping[str, int]) -> None:
    """The exhibit and the end of the debt, together; the second of two workers finds nothing left to do.

    Of letters that could not be printed the office is told; what was typed stays in the record as it is.
    """
    locked = Paper.objects.select_for_update().get(pk=paper.pk)
    if locked.state != Paper.State.PENDING:
        return
    locked.exhibit = file_pdf(
        case=case,
        kind=locked.kind,
        pdf=pdf,
        title=KINDS[locked.kind].title,
        role=ROLE_OF.get(locked.side, Role.SYSTEM),
        is_private=bool(locked.side),
    )
    locked.state, locked.made_at, locked.problem = Paper.State.DONE, timezone.now(), ""
    locked.unprinted = sum(unprinted.values())
    locked.save()
    if unprinted:
        codes = " ".join(f"U+{ord(sign):04X}" for sign in list(unprinted)[:MOST_CODES])
        remember(case, "paper.mark", by=None, kind=locked.kind, letters=locked.unprinted, codes=codes)


@transaction.atomic
def _settle(paper: Paper, *, failed: bool, problem: str) -> None:
    """Write down why there is no paper. When nobody will try again by itself, the office is told."""
    state = Paper.State.FAILED if failed else Paper.State.PENDING
    pending = Paper.objects.filter(pk=paper.pk, state=Paper.State.PENDING)
    changed = pending.update(state=state, problem=problem[:300])
    if failed and changed:
        remember(paper.case, "paper.fail", by=None, kind=paper.kind, problem=problem[:300])
        log.warning("paper %s (%s) cannot be made: %s", paper.pk, paper.kind, problem)
