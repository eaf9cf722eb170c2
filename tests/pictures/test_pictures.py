"""A picture from the file to rows that a person stands for."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import translation

from cases.errors import Refusal
from cases.models import Exhibit, Loan
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from mediation import adapters
from mediation.pictures.models import Reading
from mediation.pictures.services import ask_for_reading, confirm_rows, findings_of, read_due
from tests.pictures import drawings
from tests.pictures.test_rows import TABLE
from tests.portal.test_case_files import signed_in

pytestmark = pytest.mark.django_db
SCRIPTED = "mediation.pictures.engines.scripted.ScriptedReader"
FAILING = "mediation.pictures.engines.scripted.FailingReader"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _reader(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.ADAPTERS = {**settings.ADAPTERS, "ocr": (SCRIPTED, {"cells": TABLE})}
    adapters._built.cache_clear()
    yield
    adapters._built.cache_clear()


@pytest.fixture
def exhibit(case_in_mediation, citizen) -> Exhibit:
    return add_exhibit(
        case_id=case_in_mediation.pk,
        file=drawings.as_file(drawings.paper()),
        name="流水.png",
        by=citizen,
        role=Role.CITIZEN,
        kind=Exhibit.Kind.STATEMENT,
    )


def read(exhibit: Exhibit, person) -> Reading:
    ask_for_reading(exhibit_id=exhibit.pk, person=person)
    read_due()
    return Reading.objects.get(exhibit=exhibit)


def url_of(exhibit: Exhibit) -> str:
    return reverse("desk:picture", args=[exhibit.case.docket, exhibit.pk])


def sent_for(page, **changes) -> dict[str, str]:
    rows = page.context["rows"]
    told = {f"form-{name}": str(value) for name, value in rows.management_form.initial.items()}
    for form in rows:
        told |= {form.add_prefix(name): str(form[name].value() or "") for name in form.fields}
    return told | changes


def test_a_picture_is_read_shown_beside_its_rows_and_confirmed(exhibit, mediator) -> None:
    client, url = signed_in(mediator), url_of(exhibit)
    assert client.get(url).context["reading"] is None
    assert client.post(url).url == url
    read_due()

    page = client.get(url)
    assert page.context["reading"].state == Reading.State.DONE
    assert reverse("exhibit_file", args=[exhibit.pk]) in page.content.decode()
    assert page.content.decode().count('<td class="doubt">') == 1  # where the parts do not add up
    assert client.post(url, sent_for(page, **{"form-2-amount": "1800.00", "use_for_loan": "on"})).url == url

    reading = Reading.objects.get()
    assert [row["amount"] for row in reading.confirmed] == [180_000] * 3
    assert reading.rows[2]["amount"] == 190_000, "what the machine read stays beside it"
    assert reading.confirmed_by == mediator
    assert [part["fen"] for part in Loan.objects.get().schedule] == [180_000] * 3


def test_nothing_counts_before_a_person_confirms(exhibit, mediator) -> None:
    before = Loan.objects.get().schedule
    reading = read(exhibit, mediator)
    assert reading.confirmed is None
    assert Loan.objects.get().schedule == before


def test_the_words_go_to_the_analysis_as_read_by_a_machine(exhibit, mediator, settings) -> None:
    settings.ADAPTERS = {
        **settings.ADAPTERS,
        "ocr": (SCRIPTED, {"cells": [["我在甲平台借了两万块"], ["<b>利息36%</b>"]]}),
    }
    adapters._built.cache_clear()
    reading = read(exhibit, mediator)
    found = findings_of(reading)
    assert found.amount("principal") == 20_000_00
    assert {finding.provenance for finding in found} == {"ocr"}
    shown = signed_in(mediator).get(url_of(exhibit)).content.decode()
    assert "&lt;b&gt;利息36%" in shown
    assert "<b>利息36%" not in shown


@pytest.mark.parametrize("how", ["never", "later"])
def test_a_reader_that_fails_says_so_and_may_be_asked_again(exhibit, mediator, settings, how) -> None:
    settings.ADAPTERS = {**settings.ADAPTERS, "ocr": (FAILING, {"how": how})}
    adapters._built.cache_clear()
    reading = read(exhibit, mediator)
    assert (reading.state, bool(reading.problem)) == (Reading.State.FAILED, True)
    settings.ADAPTERS = {**settings.ADAPTERS, "ocr": (SCRIPTED, {"cells": TABLE})}
    adapters._built.cache_clear()
    assert read(exhibit, mediator).state == Reading.State.DONE


def test_what_is_no_picture_and_what_is_not_ones_own_are_refused(exhibit, mediator, lender, citizen) -> None:
    paper = Exhibit.objects.exclude(deposit__media_type__startswith="image/").first()
    if paper:
        assert signed_in(mediator).get(url_of(paper)).status_code == 404
    for person in (lender, citizen):
        assert signed_in(person).get(url_of(exhibit)).status_code in {302, 403, 404}
        with pytest.raises(Refusal):
            ask_for_reading(exhibit_id=exhibit.pk, person=person)
    reading = ask_for_reading(exhibit_id=exhibit.pk, person=mediator)
    with translation.override("en"), pytest.raises(Refusal, match="not been read"):
        confirm_rows(reading_id=reading.pk, person=mediator, rows=[])


def test_a_row_that_cannot_be_read_is_asked_again_and_nothing_is_lost(exhibit, mediator) -> None:
    read(exhibit, mediator)
    client, url = signed_in(mediator), url_of(exhibit)
    answer = client.post(url, sent_for(client.get(url), **{"form-0-amount": "好多钱"}))
    assert answer.status_code == 422
    assert "好多钱" in answer.content.decode()
    assert Reading.objects.get().confirmed is None
