"""J, K, Enter, N and / on the desk: from the queue into the next act without a mouse; in a field they are letters."""

import re

import pytest
from playwright.sync_api import Locator, Page

from tests.journeys.conftest import Come
from tests.journeys.visitor import Visitor


@pytest.fixture
def officer(come: Come) -> Visitor:
    """At the queue of the office."""
    visitor = come("officer")
    visitor.sign_in("officer")
    visitor.open("/desk/")
    return visitor


def rows(page: Page) -> list[str]:
    """The address of each case, as the rows stand."""
    return [str(link.get_attribute("href")) for link in page.query_selector_all("[data-row] [data-open]")]


def focused(page: Page) -> str:
    """The address of the link that has the focus; empty where none has."""
    return str(page.evaluate("(document.activeElement && document.activeElement.getAttribute('href')) || ''"))


def current(page: Page) -> int:
    """Which row a screen reader is told to be the present one; -1 where none is."""
    found = page.evaluate(
        "Array.from(document.querySelectorAll('[data-row]')).map((row) => row.getAttribute('aria-current'))"
    )
    assert found.count("true") <= 1
    return found.index("true") if "true" in found else -1


def path_of(page: Page) -> str:
    return re.sub(r"^https?://[^/]+", "", page.url)


def test_j_and_k_go_through_the_rows_and_enter_opens_the_case(officer) -> None:
    page, there = officer.page, rows(officer.page)
    assert len(there) > 2

    page.keyboard.press("j")
    assert (focused(page), current(page)) == (there[0], 0)
    page.keyboard.press("j")
    assert (focused(page), current(page)) == (there[1], 1)
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert (focused(page), current(page)) == (there[0], 0), "the first row is the end of the way up"

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{there[1]}")
    assert path_of(page) == there[1]


def test_n_takes_the_next_step_of_the_row_in_two_keys(officer) -> None:
    page = officer.page
    step = page.locator("[data-row] [data-next]").first.get_attribute("href")
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.wait_for_url(f"**{step}")
    assert page.locator("#do, main").count()


def test_j_and_k_go_from_case_to_case(officer) -> None:
    page, there = officer.page, rows(officer.page)
    officer.open(there[0])
    page.keyboard.press("j")
    page.wait_for_url(f"**{there[1]}")
    page.keyboard.press("k")
    page.wait_for_url(f"**{there[0]}")


def test_the_slash_goes_to_the_search_and_there_every_key_is_a_letter(officer) -> None:
    page = officer.page
    page.keyboard.press("/")
    search = page.locator("[data-search]")
    assert search.evaluate("(one) => one === document.activeElement")
    page.keyboard.type("jknJKN/?")

    assert search.input_value() == "jknJKN/?"
    assert path_of(page) == "/desk/"
    assert current(page) == -1
    assert not page.locator("dialog[open]").count()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert current(page) == 0


def some_field(officer: Visitor, what: str) -> Locator:
    """A field on the page of the first case that has one."""
    page = officer.page
    for address in rows(page):
        officer.open(address)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        found = page.locator(what).locator("visible=true")
        if found.count():
            return found.first
    pytest.fail(f"no case of the demo shows {what}")


@pytest.mark.parametrize("field", ["textarea", "select", "input[type=text], input:not([type])"])
def test_in_the_fields_of_a_form_the_keys_do_nothing_but_write(officer, field: str) -> None:
    page = officer.page
    one = some_field(officer, f"main :is({field})")
    before = page.url
    one.focus()
    for key in ("j", "k", "n", "?"):
        page.keyboard.press(key)
    assert page.url == before
    assert not page.locator("dialog[open]").count()
    if field == "textarea":
        assert one.input_value().endswith("jkn?")


def test_with_a_modifier_the_keys_belong_to_the_browser(officer) -> None:
    page = officer.page
    for key in ("Control+j", "Alt+k", "Meta+j"):
        page.keyboard.press(key)
    assert current(page) == -1


def test_the_keys_are_told_to_screen_readers_and_can_be_switched_off(officer) -> None:
    page = officer.page
    assert page.locator("#queue").get_attribute("aria-describedby") == "keys"
    assert page.locator("#keys").inner_text()
    assert page.locator("[data-row] [data-open]").first.get_attribute("aria-keyshortcuts") == "J K Enter"
    assert page.locator("[data-row] [data-next]").first.get_attribute("aria-keyshortcuts") == "N"
    assert page.locator("[data-search]").get_attribute("aria-keyshortcuts") == "/"

    page.keyboard.press("?")
    officer.tap("关闭快捷键")
    assert page.locator("[data-keys-off]").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert current(page) == -1
    officer.open("/desk/")
    page.keyboard.press("j")
    assert current(page) == -1, "it stays off on this device"

    page.locator("[data-show-keys]").click()
    officer.tap("打开快捷键")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert current(page) == 0
