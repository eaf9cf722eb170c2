"""What each of the four people does in a case, in their own words and on their own pages."""

from datetime import date, timedelta
from pathlib import Path

from tests.journeys import samples
from tests.journeys.visitor import Visitor

ACCOUNT = {"holder": "杨小满", "bank": "样例银行江州分行", "number": "6200000000000000"}
HEARD_WITHIN_MS = 240_000


def party(person: Visitor, docket: str, act: str, **answers: str) -> None:
    """Open the page of an act of a side, answer it, send it."""
    door = "/counter" if person.name == "institution" else ""
    person.open(f"{door}/case/{docket}/do/{act}/")
    decide(person, **answers)
    person.picture(f"{person.name}-{act}")
    person.press("[data-send]")


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
        kind = field.first.get_attribute("type") or field.first.evaluate("field => field.tagName.toLowerCase()")
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
    staff(mediator, docket, "call_hearing", on=tomorrow.isoformat(), at="09:30", how="video")
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
    mediator.open(mediator.page.url)
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
