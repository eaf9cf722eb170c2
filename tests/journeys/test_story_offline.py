"""A story told where there is no network, and on a phone that ends the page: it waits there and arrives whole."""

from playwright.sync_api import expect

from tests.journeys.intake import first_three
from tests.journeys.room import speaks  # noqa: F401 - a fixture
from tests.journeys.samples import dialect_clip
from tests.journeys.test_device_full import ARRIVED
from tests.journeys.test_hearing_faults import forgive, kill_the_tab


def test_a_story_told_without_network_is_sent_when_there_is_one(site, speaks) -> None:  # noqa: F811
    citizen = speaks("citizen", dialect_clip())
    first_three(citizen)
    page = citizen.page
    citizen.context.set_offline(True)
    citizen.tap("[data-start]")
    page.locator("[data-clock]").filter(has_text="0:05").wait_for()
    citizen.tap("[data-stop]")
    citizen.tap("[data-send]")
    waiting = page.locator("[data-files] .file.failed")
    waiting.filter(has_text="网断了").wait_for()
    citizen.picture("citizen-story-offline")

    with page.expect_navigation(url="**/listening/**", wait_until="load"):
        citizen.context.set_offline(False)
    assert float(site.run(ARRIVED).rsplit("LENGTH", 1)[1]) >= 4.5
    forgive(citizen, "ERR_INTERNET_DISCONNECTED")


def test_a_story_outlives_the_page(site, speaks) -> None:  # noqa: F811
    citizen = speaks("citizen", dialect_clip())
    first_three(citizen)
    citizen.tap("[data-start]")
    citizen.page.locator("[data-clock]").filter(has_text="0:06").wait_for()
    kill_the_tab(citizen)

    citizen.page = citizen.context.new_page()
    citizen.open("/apply/story/")
    state = citizen.page.locator("[data-recorder] [data-state]")
    expect(state).to_contain_text("还在")
    citizen.picture("citizen-story-kept")
    with citizen.page.expect_navigation(url="**/listening/**", wait_until="load"):
        citizen.tap("[data-send]")
    assert float(site.run(ARRIVED).rsplit("LENGTH", 1)[1]) >= 4, "all but the last second"
