"""Papers: called for by a fact, made once after it, kept as exhibits; a lost worker or a missing content loses none."""

import io

import pypdfium2
import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from cases.models import Case, Exhibit, Loan, User
from cases.roles import Role
from cases.services import acceptance, assignment, closing
from cases.services.steps import remember
from evidence import ledger
from evidence.deposits import open_deposit
from mediation.documents.needs import MissingContent
from mediation.papers import services
from mediation.papers.content import BUILDERS, MARKS
from mediation.papers.models import Paper
from mediation.papers.requests import CALLED_FOR
from tests import factories

pytestmark = pytest.mark.django_db


def kinds_of(case: Case, **filters: str) -> list[str]:
    return list(case.papers.filter(**filters).order_by("pk").values_list("kind", flat=True))


def text_of(exhibit: Exhibit) -> str:
    """What a reader reads on all pages, without spaces and line ends."""
    with open_deposit(exhibit.deposit) as stream:
        document = pypdfium2.PdfDocument(io.BytesIO(stream.read()))
    return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)


def paper(case: Case, kind: str) -> str:
    return text_of(case.papers.get(kind=kind).exhibit)


def test_each_fact_calls_for_papers_that_can_be_built() -> None:
    called_for = {kind for kinds in CALLED_FOR.values() for kind in kinds}

    assert called_for | {"transfer_letter"} == set(BUILDERS) == set(MARKS)


def test_filing_owes_the_application_and_the_press_pays(filed_case: Case, citizen: User) -> None:
    assert kinds_of(filed_case, state="pending") == ["application"]

    assert services.render_due() == 1

    made = filed_case.papers.get()
    assert (made.state, made.exhibit.title, made.exhibit.kind) == ("done", "调解申请书", "document")
    assert made.exhibit.by_role == Role.SYSTEM
    words = text_of(made.exhibit)
    assert citizen.name in words
    assert filed_case.respondent.name in words
    assert "2,300.00" in words
    assert ledger.first_break(filed_case.chain) is None


def test_papers_follow_the_commit(centre, institution, citizen, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        case = factories.filed_case(centre=centre, institution=institution, citizen=citizen)
        assert kinds_of(case, state="pending") == ["application"]

    assert kinds_of(case, state="done") == ["application"]


def test_a_fact_that_is_rolled_back_owes_no_paper(filed_case: Case, officer: User) -> None:
    with transaction.atomic():
        acceptance.accept_case(case_id=filed_case.pk, officer=officer)
        assert "invitation" in kinds_of(filed_case)
        transaction.set_rollback(True)

    assert kinds_of(filed_case) == ["application"]


@time_machine.travel("2026-09-01T10:00:00+08:00", tick=False)
def test_acceptance_owes_the_notice_the_rights_and_the_invitation(
    centre, institution, citizen, officer
) -> None:
    filed = factories.filed_case(centre=centre, institution=institution, citizen=citizen)
    case = factories.accept(filed, officer)

    assert services.render_due() == 6

    notice = paper(case, "acceptance_notice")
    assert "受理通知书" in notice
    assert "2026年10月8日" in notice  # 30 days end on a holiday
    assert "第24条" in notice
    assert case.docket in paper(case, "rights_notice")
    invitation = paper(case, "invitation")
    assert institution.name in invitation
    assert "2026年9月11日" in invitation
    assert officer.name in notice


def test_a_declined_application_says_why_and_where_to_go(filed_case, officer) -> None:
    acceptance.decline_case(
        case_id=filed_case.pk, officer=officer, reason="不属于金融纠纷。", go_where="请向劳动仲裁委员会申请。"
    )
    services.render_due()

    words = paper(filed_case, "decline_notice")
    assert "不属于金融纠纷" in words
    assert "劳动仲裁委员会" in words
    assert "failure_notice" not in kinds_of(filed_case)


def test_the_disclosure_is_put_on_paper_as_it_was_said(accepted_case, officer, mediator) -> None:
    assignment.assign_mediator(case_id=accepted_case.pk, officer=officer, mediator_id=mediator.pk)
    assignment.take_on(
        case_id=accepted_case.pk, mediator=mediator, has_relation=True, words="曾在该公司任职，2019年离职。"
    )
    services.render_due()

    words = paper(accepted_case, "disclosure")
    assert mediator.name in words
    assert "曾在该公司任职" in words


def test_the_end_is_recorded_with_what_article_21_asks_for(case_in_mediation, mediator) -> None:
    closing.end_mediation(
        case_id=case_in_mediation.pk,
        staff=mediator,
        ending="too_far_apart",
        reason="双方差距较大。",
        cost_conduct="被申请人两次临时改期。",
        court_notes="申请人行动不便。",
    )
    services.render_due()

    words = paper(case_in_mediation, "failure_notice")
    for part in ("双方差距较大", "两次临时改期", "申请人行动不便", "人民法院起诉", mediator.name):
        assert part in words
    assert case_in_mediation.exhibits.get(paper__kind="failure_notice").deposit.sha256


def test_an_application_taken_back_before_acceptance_ends_no_mediation(filed_case, citizen) -> None:
    closing.withdraw_case(case_id=filed_case.pk, person=citizen)

    assert kinds_of(filed_case) == ["application"]


def test_what_is_missing_is_said_and_made_good_later(filed_case: Case, monkeypatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(services, "content_of", lambda paper, case: {"docket": case.docket})
        assert services.render_due() == 0

    owed = filed_case.papers.get()
    assert owed.state == Paper.State.FAILED
    assert owed.problem
    services.try_again(paper_id=owed.pk)
    assert services.render_due() == 1


def test_an_amount_that_nobody_knows_is_said_to_be_unknown(filed_case: Case) -> None:
    Loan.objects.filter(case=filed_case).update(received_fen=None)

    assert services.render_due() == 1
    assert "暂不清楚" in text_of(filed_case.papers.get().exhibit)


def test_a_press_that_breaks_is_tried_again_and_then_looked_at(filed_case, monkeypatch) -> None:
    def broken(*args: object) -> bytes:
        raise OSError("no paper")

    monkeypatch.setattr(services, "render", broken)
    now = timezone.now()
    for _attempt in range(services.MOST_TRIES):
        owed = filed_case.papers.get()
        assert owed.state == Paper.State.PENDING
        now = max(now, owed.next_try_at)
        with time_machine.travel(now, tick=False):
            assert services.render_due() == 0

    owed.refresh_from_db()
    assert (owed.state, owed.tries) == (Paper.State.FAILED, services.MOST_TRIES)
    assert "no paper" in owed.problem


def test_two_workers_make_one_paper(filed_case: Case, monkeypatch) -> None:
    really = services.render

    def slow(kind: str, content: dict) -> bytes:
        pdf = really(kind, content)
        monkeypatch.setattr(services, "render", really)
        with time_machine.travel(timezone.now() + services.FIRST_WAIT * 2):
            services.render_due()  # another worker takes the row up, thinking us dead
        return pdf

    monkeypatch.setattr(services, "render", slow)
    services.render_due()

    assert filed_case.exhibits.filter(kind="document").count() == 1


def test_a_repeated_fact_owes_a_second_paper_but_the_same_fact_never_two(accepted_case, mediator) -> None:
    for _time in range(2):
        with transaction.atomic():
            remember(accepted_case, "case.take_on", by=mediator, has_relation=False, words="")

    assert kinds_of(accepted_case, kind="disclosure") == ["disclosure", "disclosure"]


def test_a_paper_of_ones_own_is_filed_in_the_callers_transaction(accepted_case, officer) -> None:
    owed = Paper(case=accepted_case, kind="rights_notice", seq=1, asked_at=timezone.now())
    content = services.content_of(owed, accepted_case)
    with transaction.atomic():
        exhibit = services.file_paper(
            case=accepted_case,
            kind="rights_notice",
            content=content,
            title="告知书",
            by=officer,
            role=Role.OFFICER,
        )
        assert exhibit.deposit.media_type == "application/pdf"
        assert (exhibit.title, exhibit.by) == ("告知书", officer)
        transaction.set_rollback(True)

    assert not Exhibit.objects.filter(pk=exhibit.pk).exists()


def test_a_paper_without_its_content_is_refused_with_every_gap(accepted_case) -> None:
    with pytest.raises(MissingContent) as refusal:
        services.file_paper(case=accepted_case, kind="rights_notice", content={}, title="告知书")

    assert len(refusal.value.missing) > 3
