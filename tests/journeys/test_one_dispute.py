"""One dispute from a phone to the court and to the last fen, by the four people whom it takes."""

import re

from tests.journeys import acts, intake, packet, samples, talks


def test_one_dispute_from_the_phone_to_the_last_fen(come, site, tmp_path) -> None:
    citizen, phone = come("citizen"), samples.new_phone()
    officer, institution = come("officer"), come("institution")
    mediator, judge = come("mediator"), come("judge")

    # 1 intake 申请
    papers = [samples.picture(tmp_path, "合同.jpg"), samples.picture(tmp_path, "还款记录.jpg")]
    docket = intake.with_uploads(citizen, papers=papers, voice=samples.dialect_clip(), phone=phone)
    assert re.fullmatch(r"\d{4}-\d{4}", docket)
    citizen.sign_in_by_phone(phone)
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

    # 4 like cases and a suggestion 方案建议
    talks.compare(mediator, docket)

    # 5 hearing, transcript, undisputed facts 调解会、笔录、无争议事实
    talks.hold_hearing(mediator, [citizen, institution], docket, samples.dialect_clip())
    talks.transcript(mediator, [citizen, institution])
    talks.facts(mediator, [citizen, institution], docket)

    # 6 proposal and agreement 方案、协议
    talks.propose(mediator, docket, "800", "先按双方差额的中间数提出。")
    acts.party(institution, docket, "proposal", decision="yes")
    acts.party(citizen, docket, "proposal", decision="no", words="到手只有九千，八百太少。")
    talks.propose(mediator, docket, "1200.01", "按实际到账重新计算。")
    for person in (citizen, institution):
        acts.party(person, docket, "proposal", decision="yes")
    acts.party(citizen, docket, "identity", id_number=samples.ID_NUMBER, address="江州市滨江区平安里2号")
    talks.draw_up(mediator, docket)
    paper = mediator.page.locator("a[href*='/file/']").first.get_attribute("href") or ""
    words = samples.pdf_text(mediator.download(paper))
    assert "壹仟贰佰元零壹分" in words
    for name in ("杨小满", samples.LENDER, "林调解", samples.ID_NUMBER):
        assert name in words

    # 7 signing 签署
    for person in (citizen, institution):
        acts.sign(person, docket)
    acts.sign_as_mediator(mediator, docket)
    citizen.open(f"/case/{docket}/")
    citizen.sees("生效")
    citizen.picture("citizen-case-effective")

    # 8 judicial confirmation 司法确认
    for person in (citizen, institution):
        acts.party(person, docket, "court", consents="on")
    judge.sign_in("judge")
    acts.rule(judge, docket, "confirm")
    ruling = judge.page.locator("#ruling a").get_attribute("href") or ""
    assert "裁定书" in samples.pdf_text(judge.download(ruling))

    # 9 the packet, checked by a stranger 证据包
    address = judge.page.locator("a[href$='/packet/']").first.get_attribute("href") or ""
    packet.hold(judge.download(address), judge.download("/log/policy.txt"), tmp_path)

    # 10 performance 履行
    citizen.open(f"/case/{docket}/")
    citizen.picture("citizen-case-performing")
    acts.pay(institution, citizen, docket, samples.picture(tmp_path, "转账凭证.jpg"))
    citizen.open(f"/case/{docket}/")
    citizen.sees("结案")
    citizen.picture("citizen-case-closed")
    institution.picture("institution-case-closed")
    citizen.open("/messages/")
    citizen.picture("citizen-messages")
