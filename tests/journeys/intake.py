"""The eight questions, walked in a browser."""

from pathlib import Path

from tests.journeys import samples
from tests.journeys.visitor import Visitor

WRITTEN_WITHIN_MS = 240_000  # a minute of speech, on a busy machine


def first_three(citizen: Visitor) -> None:
    """From the front page to the story: who, what trouble, how much."""
    citizen.open("/")
    citizen.picture("front")
    citizen.press("main a.pri")
    citizen.picture("start")
    citizen.press("main a.pri")
    citizen.fill(respondent=samples.LENDER)
    citizen.picture("who")
    go_on(citizen)
    citizen.tick("kind", "high_rate")
    citizen.picture("trouble")
    go_on(citizen)
    citizen.fill(amount="一千二", principal="1万", received="9,000")
    citizen.picture("money")
    go_on(citizen)


def go_on(citizen: Visitor) -> None:
    """The main button at the bottom of a question."""
    citizen.press(".dock button.pri")


def when(citizen: Visitor) -> None:
    """Question 5."""
    citizen.fill(contract_on="2025年5月12日", product="安心分期", contract_no="AX-2025-0512", place="江州市")
    citizen.picture("when")
    go_on(citizen)


def wish(citizen: Visitor) -> None:
    """Question 7."""
    citizen.tick("remedies", "refund", "stop_collection")
    citizen.fill(wanted="退还多收的钱，不要再给家里打电话")
    citizen.picture("wish")
    go_on(citizen)


def contact(citizen: Visitor, phone: str, name: str = "杨小满") -> None:
    """Question 8."""
    citizen.fill(name=name, phone=phone, address="江州市滨江区平安里2号")
    citizen.tick("e_delivery")
    citizen.tick("agreed")
    citizen.picture("contact")
    go_on(citizen)


def file(citizen: Visitor) -> str:
    """From the page with all answers to the receipt; returns the docket number."""
    citizen.picture("check")
    citizen.press(".dock button.pri")
    number = citizen.page.locator("main .verdict.yes b.num")
    number.wait_for()
    citizen.picture("filed")
    return number.inner_text()


def by_plain_forms(citizen: Visitor, *, photo: Path, voice: Path, phone: str) -> str:
    """The whole application without a script; returns the docket number."""
    first_three(citizen)
    citizen.page.set_input_files("[name=recording_file]", voice)
    citizen.fill(story=samples.STORY)
    go_on(citizen)
    citizen.picture("listening")
    citizen.open("/apply/story/")
    go_on(citizen)
    citizen.picture("understood")
    go_on(citizen)
    when(citizen)
    citizen.page.set_input_files("[name=photo]", photo)
    go_on(citizen)
    citizen.sees("收到")
    citizen.choose("kind_2", "contract")
    citizen.picture("evidence")
    go_on(citizen)
    wish(citizen)
    contact(citizen, phone)
    return file(citizen)


def with_uploads(citizen: Visitor, *, papers: list[Path], voice: Path, phone: str) -> str:
    """The whole application with everything that scripts offer; returns the docket number."""
    first_three(citizen)
    speak(citizen, voice)
    understood(citizen)
    when(citizen)
    citizen.page.set_input_files("[name=picture]", papers)
    received = citizen.page.locator("[data-files] .file.received")
    received.nth(len(papers) - 1).wait_for()
    citizen.picture("evidence")
    go_on(citizen)
    wish(citizen)
    contact(citizen, phone)
    return file(citizen)


def speak(citizen: Visitor, voice: Path) -> None:
    """Question 4: choose the dialect, hand a recording in, see the worker write it down, put the words right."""
    citizen.press("[name=dialect_first]")
    citizen.tick("dialect", "sichuan")
    citizen.picture("dialect")
    go_on(citizen)
    citizen.picture("story")
    with citizen.page.expect_navigation(url="**/listening/**", wait_until="load"):
        citizen.page.set_input_files("[name=recording_file]", voice)
    citizen.picture("listening")
    citizen.page.wait_for_url("**/apply/story/**", timeout=WRITTEN_WITHIN_MS)
    heard = citizen.page.locator("[name=story]").input_value()
    assert len(heard.strip()) > 5, f"the worker heard {heard!r}"
    citizen.picture("heard")
    citizen.fill(story=f"{heard}\n\n{samples.STORY}")
    go_on(citizen)


def understood(citizen: Visitor) -> None:
    """What was read out of the story: keep it, but the sum that is asked for stays what the citizen said."""
    assert citizen.page.locator("main mark").count() >= 3
    citizen.picture("understood")
    go_on(citizen)
