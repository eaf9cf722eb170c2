"""From a story on a phone to terms that grew out of a suggestion; and two figures that nobody sees."""

import re

from tests.journeys import acts, intake, samples
from tests.journeys.prepared import cases_at
from tests.journeys.test_bad_input import answer_all_but_filing


def test_from_a_story_to_terms_that_a_mediator_adopted(come, tmp_path) -> None:
    citizen, officer, institution, mediator = (
        come(name) for name in ("citizen", "officer", "institution", "mediator")
    )
    phone = samples.new_phone()
    answer_all_but_filing(citizen, phone)
    docket = intake.file(citizen)
    citizen.sign_in_by_phone(phone)
    officer.sign_in("officer")
    acts.staff(officer, docket, "accept")
    institution.sign_in("lender")
    acts.answer(institution, docket, samples.picture(tmp_path, "借款合同.jpg"))
    acts.staff(officer, docket, "assign", mediator=acts.mediator_number(officer, docket, "林调解"))
    mediator.sign_in("mediator")
    acts.staff(mediator, docket, "take_on", has_relation="no")
    for person in (citizen, institution):
        acts.party(person, docket, "disclosure", decision="yes")
    acts.staff(mediator, docket, "open_mediation")

    acts.staff(mediator, docket, "suggest")
    panel = mediator.page.locator("#suggestion")
    assert panel.locator("svg.draw").count() == 1
    assert panel.locator("a[href*='/precedents/']").count() == 5
    mediator.picture("mediator-suggestion-whole")
    start = panel.locator("form[action$='/do/adopt/'] [name=amount]").input_value()
    acts.staff(mediator, docket, "adopt", amount=start)
    mediator.press("#suggestion a[href$='/terms/']")
    assert mediator.page.locator("[name=form-0-amount]").input_value() == start
    mediator.picture("mediator-terms-from-suggestion")

    citizen.open(f"/case/{docket}/")
    assert not re.search("相似案件|依据较", citizen.text())
    mediator.open("/desk/machine/")
    mediator.picture("mediator-machine")
    assert mediator.page.locator("svg.draw").count() == 2


def test_two_figures_meet_and_nobody_sees_them(come, site) -> None:
    docket, phone, lender = cases_at(
        site, {"bids": ("failed", ["file", "accept", "answer", "assign", "talk"])}
    )["bids"]
    citizen, institution, mediator = come("citizen"), come("institution"), come("mediator")
    citizen.sign_in_by_phone(phone)
    institution.sign_in(lender)
    acts.party(citizen, docket, "bid-ask")
    acts.party(institution, docket, "bid-choose", decision="yes")
    acts.party(citizen, docket, "bid-figure", amount="1111")
    acts.party(institution, docket, "bid-figure", amount="一千六")
    for person in (citizen, institution):
        acts.party(person, docket, "bid-middle", decision="yes")
    citizen.picture("citizen-bids")

    mediator.sign_in("mediator")
    mediator.open(f"/desk/cases/{docket}/")
    assert "1,111" not in mediator.page.content()
    assert "1,600" not in mediator.page.content()
    mediator.open(f"/desk/cases/{docket}/terms/")
    assert mediator.page.locator("[name=form-0-amount]").input_value().startswith("1350")
