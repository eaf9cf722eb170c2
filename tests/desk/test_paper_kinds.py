"""The list of papers: every kind with every required content, who asks for it, and how far that was checked."""

import pytest
from django.urls import reverse

from mediation.desk.paper_kinds_views import groups
from mediation.documents.kinds import KINDS

pytestmark = pytest.mark.django_db


def test_every_kind_stands_there_once_in_the_order_of_the_file() -> None:
    found = [sample.kind.code for group in groups() for sample in group.samples]
    assert sorted(found) == sorted(KINDS)
    assert found.index("application") < found.index("agreement") < found.index("joint_application")


def test_a_content_that_an_article_asks_for_carries_its_status() -> None:
    for group in groups():
        for sample in group.samples:
            assert sample.contents, sample.kind.code
            for one in sample.contents:
                assert one.status is not None or not one.need.article


@pytest.mark.parametrize("role", ["officer", "mediator"])
def test_staff_read_contents_articles_and_status(role, request, client) -> None:
    client.force_login(request.getfixturevalue(role))
    answer = client.get(reverse("desk:paper_kinds"))
    shown = answer.content.decode()
    assert answer.status_code == 200
    for kind in KINDS.values():
        assert f'id="paper-{kind.code}"' in shown, kind.code
        for need in kind.needs:
            assert need.article in shown, (kind.code, need.key)
    assert "未对照" in shown or "未核对" in shown or "尚未" in shown
    assert reverse("desk:paper_kinds") in client.get(reverse("desk:rules")).content.decode()


def test_it_is_for_staff(client, citizen, lender) -> None:
    for person in (citizen, lender):
        client.force_login(person)
        assert client.get(reverse("desk:paper_kinds")).status_code == 404
