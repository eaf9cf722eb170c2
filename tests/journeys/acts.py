"""What each of the four people does in a case, in their own words and on their own pages."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys import samples
from tests.journeys.visitor import Visitor

ACCOUNT = {"holder": "杨小满", "bank": "样例银行江州分行", "number": "6200000000000000"}
HEARD_WITHIN_MS = 240_000
SEEN_WITHIN_MS = 30_000
PAPERS_WITHIN_S = 90


def party(person: Visitor, docket: str, act: str, **answers: str) -> None:
    """Open the page of an act of a side, answer it, send it."""
    door = "/counter" if person.name == "institution" else ""
    person.open(f"{door}/case/{docket}/do/{act}/")
    decide(person, **answers)
    person.picture(f"{person.name}-{act}")
    person.press("[data-send]")


def sign(person: Visitor, docket: str) -> None:
    """签署: read the pages to their end, then tick and sign."""
    door = "/counter" if person.name == "institution" else ""
    person.open(f"{door}/case/{docket}/do/agreement/")
    box = person.page.locator("[name=read_to_end]")
    assert box.is_disabled(), "nobody signs before the end of the paper was seen"
    for leaf in person.page.locator(".pages img").all():
        leaf.scroll_into_view_if_needed()
        expect(leaf).to_have_js_property("complete", value=True, timeout=SEEN_WITHIN_MS)
    person.page.locator("[data-read-end]").scroll_into_view_if_needed()
    expect(box).to_be_enabled(timeout=SEEN_WITHIN_MS)
    box.check(force=True)
    person.picture(f"{person.name}-sign")
    person.press("[data-send]")


def sign_as_mediator(mediator: Visitor, docket: str) -> None:
    """The mediator's own signature, beside the pages."""
    mediator.open(f"/desk/cases/{docket}/")
    mediator.press("#do a[data-next]")
    mediator.tick("read_to_end")
    mediator.picture("mediator-sign")
    mediator.send("/do/sign/")


def decide(person: Visitor, **answers: str) -> None:
    """Fill in the open form: text, choices and boxes alike."""
    for name, value in answers.items():
        field = person.page.locator(f"form[method=post] [name='{name}']").first
        kind = field.get_attribute("type") or field.evaluate("field => field.tagName.toLowerCase()")
        if kind in {"radio", "checkbox"}:
            person.tick(name, *([value] if kind == "radio" else []))
        elif kind == "file":
            person.page.set_input_files(f"[name='{name}']", value)
        elif kind == "select":
            person.choose(name, value)
        else:
            person.fill(**{name: value})


def staff(person: Visitor, docket: str, act: str, **answers: str) -> None:
    """An act of the office on the page of the case, also where it is folded away."""
    person.open(f"/desk/cases/{docket}/")
    form = person.page.locator(f"form[action$='/do/{act}/']").first
    fold = person.page.locator(f"details:has(form[action$='/do/{act}/']):not([open])")
    while fold.count():
        fold.first.locator("summary").first.click()
    for name, value in answers.items():
        field = form.locator(f"[name='{name}']")
        kind = field.first.get_attribute("type") or field.first.evaluate(
            "field => field.tagName.toLowerCase()"
        )
        if kind == "radio":
            form.locator(f"[name='{name}'][value='{value}']").check(force=True)
        elif kind == "checkbox":
            field.first.check(force=True)
        elif kind == "select":
            field.first.select_option(value)
        else:
            field.first.fill(value)
    person.picture(f"{person.name}-{act}")
    person.press(form.locator("button[type=submit]").last)


def mediator_number(officer: Visitor, docket: str, name: str) -> str:
    """The value of a mediator in the list that the officer assigns from."""
    officer.open(f"/desk/cases/{docket}/")
    option = officer.page.locator("form[action$='/do/assign/'] label", has_text=name).locator("input")
    return option.first.get_attribute("value") or ""


def answer(institution: Visitor, docket: str, contract: Path) -> None:
    """答辩: the loan, its plan, an answer to each claim, and the contract."""
    institution.open("/counter/")
    institution.picture("institution-inbox")
    institution.open(f"/counter/case/{docket}/")
    institution.picture("institution-case")
    claims = {f"words_{number}": "费用写在电子合同里，申请人点击过同意；愿意协商。" for number in (1, 2)}
    party(
        institution, docket, "answer",
        position_1="partly", position_2="admit", amount_1="800", **claims,
        principal="10000", received="9000", plan="equal", payment="943.56", months="12",
        contract_no="AX-2025-0512", contract_on="2025-05-12", rate="23.9", contract_file=str(contract),
    )  # fmt: skip


def hold_hearing(
    mediator: Visitor, parties: list[Visitor], docket: str, recording: Path, *, dialect: str = "sichuan"
) -> None:
    """调解会: called, joined, recorded with everybody's consent, written down, put right, read back, a paper."""
    tomorrow = date.today() + timedelta(days=1)
    staff(mediator, docket, "call_hearing", on=tomorrow.isoformat(), at="09:30", how="online")
    for person in parties:
        door = "/counter" if person.name == "institution" else ""
        person.open(f"{door}/case/{docket}/")
        person.press("#hearing a.btn")
        person.picture(f"{person.name}-before-the-hearing")
        person.send("/join/")
    mediator.open(f"/desk/cases/{docket}/")
    mediator.press("#do a[data-next]")
    mediator.picture("mediator-before-the-hearing")
    mediator.send("/join/")
    for person in [*parties, mediator]:
        person.page.reload()
        if person.page.locator("form[action*='/may-we-record/']").count():
            person.picture(f"{person.name}-may-we-record")
            person.press("button[name=agrees][value=yes]")
    record(mediator, recording, dialect=dialect)
    mediator.page.reload()
    for _side in parties:
        mediator.send("/identity/")
    mediator.fill(result="双方同意继续商谈退费金额，第二版方案本周内给出。")
    mediator.picture("mediator-hearing")
    mediator.send("/end/")


def record(mediator: Visitor, recording: Path, *, dialect: str) -> None:
    """Hand a recording in and see the worker really get on with it."""
    mediator.page.reload()
    mediator.choose("dialect", dialect)
    mediator.page.set_input_files("[name=recording_file]", recording)
    row = mediator.page.locator("#recordings .recording, [data-files] .file.received").first
    row.wait_for()
    if not mediator.page.locator("#recordings").count():
        mediator.page.reload()
    mediator.picture("mediator-recording")
    mediator.page.locator("#recordings progress").or_(mediator.find("读文字")).first.wait_for()
    mediator.page.locator("#recordings a[href*='/transcript/']").first.wait_for(timeout=HEARD_WITHIN_MS)


def transcript(mediator: Visitor, parties: list[Visitor]) -> None:
    """笔录: a line put right beside what was heard, everybody named, read back, confirmed, made a paper."""
    mediator.page.locator(".seg").first.wait_for()
    mediator.picture("mediator-transcript")
    line = mediator.page.locator(".seg").first
    line.locator("details.fix summary").click()
    heard = line.locator("textarea").input_value()
    line.locator("textarea").fill(f"{heard.strip()[:6]}，到账只有九千元。")
    line.locator("details.fix select").select_option("citizen")
    line.locator("details.fix button[type=submit]").click()
    line.locator("s").wait_for()
    assert heard.strip()[:4] in line.locator("s").inner_text(), "what the machine heard is kept"
    if mediator.page.locator("form.fill").count():
        mediator.choose("speaker", "citizen")
        mediator.press("form.fill button[type=submit]")
    mediator.picture("mediator-transcript-corrected")
    mediator.send("/transcript/ask/")
    address = mediator.page.url
    for person in parties:
        door = "/counter" if person.name == "institution" else ""
        person.open(address.split("/desk")[0] + door + address.split("/desk")[1])
        person.picture(f"{person.name}-transcript")
        person.press("form:has([name=answer][value=yes]) button[type=submit]")
    mediator.page.reload()
    mediator.send("/transcript/issue/")
    mediator.picture("mediator-transcript-paper")


def facts(mediator: Visitor, parties: list[Visitor], docket: str) -> None:
    """无争议事实: written by the mediator, confirmed by both sides, made a paper."""
    mediator.open(f"/desk/facts/{docket}/")
    mediator.fill(
        facts="2025年5月12日，申请人向被申请人借款10000元。\n实际到账9000元。\n分12期，每期943.56元。"
    )
    mediator.send("/offer/")
    for person in parties:
        door = "/counter" if person.name == "institution" else ""
        person.open(f"{door}/facts/{docket}/")
        person.picture(f"{person.name}-facts")
        person.send("/confirm/")
    mediator.page.reload()
    mediator.send("/issue/")
    mediator.picture("mediator-facts-paper")


def compare(mediator: Visitor, docket: str) -> None:
    """相似案例与建议: asked for, seen with its sources and the audit of the loan; taken with a reason."""
    staff(mediator, docket, "suggest")
    suggestion = mediator.page.locator("#suggestion")
    suggestion.locator("a[href*='/precedents/']").first.wait_for()
    assert re.search(r"\d+(\.\d+)?\s*%", mediator.page.locator("#loan").inner_text())
    mediator.picture("mediator-suggestion")
    mediator.press("#suggestion a[href*='/precedents/']")
    mediator.picture("mediator-precedent")
    mediator.open(f"/desk/cases/{docket}/")
    if mediator.page.locator("form[action$='/do/adopt/']").count():
        staff(mediator, docket, "adopt", amount="1200", reason="按实际到账重算，取双方都能接受的整数")
    else:
        staff(mediator, docket, "dismiss", reason="可比案例太少，另行计算")


def propose(mediator: Visitor, docket: str, yuan: str, note: str) -> None:
    """方案: money in two parts, and no more calls."""
    mediator.open(f"/desk/cases/{docket}/terms/")
    rows = mediator.page.locator("fieldset[id^='term-']")
    while rows.count() < 2:
        mediator.press("button[name=more]")
    day = (date.today() + timedelta(days=20)).isoformat()
    money = {"kind": "pay", "payer": "respondent", "amount": yuan, "parts": "2", "due_on": day, **ACCOUNT}
    calls = {
        "kind": "stop_collection", "payer": "respondent", "amount": "", "parts": "1", "due_on": day,
        "holder": "", "bank": "", "number": "", "words": "不再致电申请人及其亲友、同事",
    }  # fmt: skip
    for number, term in enumerate((money, calls)):
        for name, value in term.items():
            field = f"form-{number}-{name}"
            (mediator.choose if name in {"kind", "payer"} else _write(mediator))(field, value)
    for number in range(2, rows.count()):
        mediator.tick(f"form-{number}-DELETE")
    mediator.fill(note=note)
    mediator.picture("mediator-terms")
    mediator.press("#terms button.pri")


def _write(person: Visitor) -> Callable[[str, str], None]:
    return lambda name, value: person.fill(**{name: value})


def draw_up(mediator: Visitor, docket: str) -> None:
    """协议: look at the pages, then make the paper that all sign."""
    mediator.open(f"/desk/cases/{docket}/agreement/")
    mediator.press("button[name=preview]")
    mediator.picture("mediator-agreement-preview")
    mediator.press("form.panel button[type=submit]:not([name])")
    mediator.picture("mediator-agreement")


def rule(judge: Visitor, docket: str, kind: str) -> None:
    """审查与裁定: see that the check holds, take it up, tick the five things, rule."""
    judge.open("/bench/")
    judge.picture("judge-inbox")
    judge.press(judge.page.locator("tr", has_text=docket).locator("a[data-open]").first)
    judge.sees("核验一致")
    judge.picture("judge-application")
    judge.send("/take-up/")
    if kind == "confirm":
        for box in judge.page.locator("[name=checks]").all():
            box.check(force=True)
    else:
        judge.choose("ground", judge.page.locator("[name=ground] option").nth(1).get_attribute("value") or "")
    judge.tick("kind", kind)
    judge.fill(reasons="协议由双方自愿达成，内容明确，不违反法律规定。", clerk="唐果")
    judge.picture("judge-ruling")
    judge.send("/rule/")
    judge.page.locator("#ruling").wait_for()
    judge.picture("judge-ruled")


def pay(institution: Visitor, citizen: Visitor, docket: str, proof: Path) -> None:
    """履行: every instalment and act told of by the one who owes it, confirmed by the one who receives it."""
    for _round in range(9):
        institution.open(f"/counter/case/{docket}/")
        owed = institution.page.locator("#payments a[href*='/do/pay/']")
        if not owed.count():
            return
        institution.press(owed.first)
        institution.page.set_input_files("[name=proof]", proof)
        institution.picture("institution-pay")
        institution.press("[data-send]")
        citizen.open(f"/case/{docket}/")
        citizen.press("#payments a[href*='/do/received/']")
        citizen.picture("citizen-received")
        citizen.press("[data-send]")
    raise AssertionError("the payments never end")


def paper(person: Visitor, docket: str, title: str) -> bytes:
    """The bytes of a paper of the case, as soon as the worker has made it."""
    for _try in range(PAPERS_WITHIN_S):
        person.open(f"/case/{docket}/")
        link = person.page.locator("#papers a", has_text=title)
        if link.count():
            person.press(link.first)
            return person.download(person.page.locator("a[href*='download=1']").first.get_attribute("href") or "")
        person.page.wait_for_timeout(1000)
    raise AssertionError(f"{title} was not made within {PAPERS_WITHIN_S} s")
