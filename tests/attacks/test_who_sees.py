"""People who belong to nobody, and a year with very many cases."""

import pytest

from cases.models import Case
from cases.services import intake
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_officer_without_a_centre_sees_nothing(filed_case, officer) -> None:
    Case.objects.filter(pk=filed_case.pk).update(centre=None)
    officer.centre = None
    assert not Case.objects.visible_to(officer).exists()


def test_a_judge_without_a_court_sees_nothing(accepted_case, judge) -> None:
    Case.objects.filter(pk=accepted_case.pk).update(applied_at=accepted_case.accepted_at)
    accepted_case.centre.court = judge.court = None
    accepted_case.centre.save()
    assert not Case.objects.visible_to(judge).exists()


def test_after_case_9999_comes_10000_and_then_10001(filed_case, centre, institution, citizen) -> None:
    year = filed_case.docket.partition("-")[0]
    Case.objects.filter(pk=filed_case.pk).update(docket=f"{year}-9999")
    following = [
        factories.filed_case(centre=centre, institution=institution, citizen=citizen).docket
        for _n in range(2)
    ]
    assert following == [f"{year}-10000", f"{year}-10001"]


def test_two_centres_share_the_numbers_of_a_year(filed_case, institution, citizen) -> None:
    other = factories.CentreFactory.create()
    second = factories.filed_case(centre=other, institution=institution, citizen=citizen)
    assert second.centre == other
    assert second.docket != filed_case.docket
    assert intake.file_case(case_id=second.pk).docket == second.docket
