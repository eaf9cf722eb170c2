"""What each of the four people does in a case, on their own pages."""

from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

SEEN_WITHIN_MS = 30_000
PAPERS_WITHIN_S = 90
SEALED_WITHIN_S = 90  # the log, the witness, the packet; then the worker looks again


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
            person.hand_over(name, value)
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


def rule(judge: Visitor, docket: str, kind: str) -> None:
    """审查与裁定: see that the check holds, take it up, tick the five things, rule."""
    judge.open("/bench/")
    judge.picture("judge-inbox")
    judge.press(judge.page.locator("tr", has_text=docket).locator("a[data-open]").first)
    for _look in range(SEALED_WITHIN_S):
        if "正在固化" not in judge.text():
            break
        judge.page.wait_for_timeout(1000)
        judge.page.reload()
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
        institution.hand_over("proof", proof)
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
            return person.download(
                person.page.locator("a[href*='download=1']").first.get_attribute("href") or ""
            )
        person.page.wait_for_timeout(1000)
    raise AssertionError(f"{title} was not made within {PAPERS_WITHIN_S} s")
