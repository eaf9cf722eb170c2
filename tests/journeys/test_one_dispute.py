"""One dispute from a phone to the court and to the last fen, by the four people whom it takes."""

import re

from tests.journeys import acts, intake, samples

PHONE = "13900000201"


def test_one_dispute_from_the_phone_to_the_last_fen(come, site, tmp_path) -> None:
    citizen = come("citizen")
    officer, institution = come("officer"), come("institution")
    mediator, judge = come("mediator"), come("judge")

    # 1 intake 申请
    papers = [samples.picture(tmp_path, "合同.jpg"), samples.picture(tmp_path, "还款记录.jpg")]
    docket = intake.with_uploads(citizen, papers=papers, voice=samples.dialect_clip(), phone=PHONE)
    assert re.fullmatch(r"\d{4}-\d{4}", docket)
    citizen.sign_in_by_phone(PHONE)
    citizen.picture("citizen-my-cases")
    citizen.press(f"main a[href*='/case/{docket}/']")
    citizen.picture("citizen-case-filed")

    # 2 acceptance 受理
    officer.sign_in("officer")
    officer.picture("officer-queue")
    acts.staff(officer, docket, "accept")
    officer.picture("officer-accepted")

    # 3 answer and mediator 答辩、选定
    institution.sign_in("lender")
    acts.answer(institution, docket, samples.picture(tmp_path, "借款合同.jpg"))
    institution.picture("institution-answered")
    acts.staff(officer, docket, "assign", mediator=acts.mediator_number(officer, docket, "林调解"))
    mediator.sign_in("mediator")
    mediator.picture("mediator-queue")
    acts.staff(mediator, docket, "take_on", has_relation="no")
    for person in (citizen, institution):
        acts.party(person, docket, "disclosure", decision="yes")
    acts.staff(mediator, docket, "open_mediation")
    mediator.picture("mediator-case")
