"""The talks: like cases, a hearing with its recording and transcript, facts, terms, the agreement."""

import re
from collections.abc import Callable, Collection
from datetime import date, timedelta
from pathlib import Path

from tests.journeys import acts
from tests.journeys.visitor import Visitor

ACCOUNT = {"holder": "杨小满", "bank": "样例银行江州分行", "number": "6200000000000000"}
HEARD_WITHIN_S = 240
LOOKS_A_SECOND = 4


def hold_hearing(
    mediator: Visitor, parties: list[Visitor], docket: str, recording: Path, *, dialect: str = "sichuan"
) -> None:
    """调解会: called, joined, recorded with everybody's consent, written down, put right, read back, a paper."""
    tomorrow = date.today() + timedelta(days=1)
    acts.staff(mediator, docket, "call_hearing", on=tomorrow.isoformat(), at="09:30", how="online")
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
    written = mediator.page.locator("#recordings a[href*='/transcript/']")
    seen = []
    for _look in range(HEARD_WITHIN_S * LOOKS_A_SECOND):
        said = mediator.page.locator("#recordings [data-message]")
        bar = mediator.page.locator("#recordings progress")
        seen.append((*said.all_inner_texts(), *bar.evaluate_all("bars => bars.map(bar => bar.position)")))
        if written.count():
            break
        mediator.page.wait_for_timeout(1000 / LOOKS_A_SECOND)
    assert written.count(), f"nothing was written down: {seen[-1]}"
    assert len(set(seen)) > 1, "the page showed how far the writing was"


def transcript(mediator: Visitor, parties: list[Visitor], *, aloud: Collection[str] = ()) -> None:
    """笔录: a line put right beside what was heard, everybody named, read back, confirmed, made a paper. Those named in
    `aloud` confirm with their own voice."""
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
        if person.name in aloud:
            confirm_aloud(person)
        else:
            person.press("form:has([name=answer][value=yes]) button[type=submit]")
    mediator.page.reload()
    mediator.send("/transcript/issue/")
    mediator.picture("mediator-transcript-paper")


def confirm_aloud(person: Visitor) -> None:
    """口述确认: a few words into the microphone, heard again, and sent as the yes."""
    person.tap("#answer [data-start]")
    person.page.locator("#answer [data-clock]").filter(has_text="0:02").wait_for()
    person.tap("#answer [data-stop]")
    person.page.locator("#answer [data-send]").wait_for()
    person.picture(f"{person.name}-confirms-aloud")
    person.press("#answer [data-send]")
    person.page.locator("#answer").wait_for(state="detached")
    person.picture(f"{person.name}-confirmed")


def show_to_court(person: Visitor) -> None:
    """A side lets the court read the transcript."""
    person.page.reload()
    person.press("#court button[value=yes]")
    person.page.locator("#court button[value=no]").wait_for()
    person.picture(f"{person.name}-shows-it-to-the-court")


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
    acts.staff(mediator, docket, "suggest")
    suggestion = mediator.page.locator("#suggestion")
    suggestion.locator("a[href*='/precedents/']").first.wait_for()
    assert re.search(r"\d+(\.\d+)?\s*%", mediator.page.locator("#loan").inner_text())
    mediator.picture("mediator-suggestion")
    mediator.press("#suggestion a[href*='/precedents/']")
    mediator.picture("mediator-precedent")
    mediator.open(f"/desk/cases/{docket}/")
    if mediator.page.locator("form[action$='/do/adopt/']").count():
        acts.staff(mediator, docket, "adopt", amount="1200", reason="按实际到账重算，取双方都能接受的整数")
    else:
        acts.staff(mediator, docket, "dismiss", reason="可比案例太少，另行计算")


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
