"""The look of the house: light enough for a slow phone, no inline code, right about money, dates and names."""

import datetime as dt
import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import path

from mediation import drawings
from mediation.forms import OptionText
from mediation.gallery import SampleForm, gallery
from mediation.templatetags import house

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "mediation/static/mediation"
CITIZEN_SCRIPTS = ["house.js", "intake.js", "upload.js", "recorder.js", "speak.js"]
urlpatterns = [path("gallery/", gallery)]


def weight(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_a_question_page_stays_light() -> None:
    assert weight("app.css") <= 8 * 1024
    assert weight(*CITIZEN_SCRIPTS) <= 10 * 1024
    assert weight("icons.svg") <= 2 * 1024


@pytest.mark.parametrize(
    "token", [":has(", "aspect-ratio", "color-mix", ":is(", ":where(", "@layer", "@container"]
)
def test_the_sheet_uses_nothing_newer_than_the_oldest_browser(token: str) -> None:
    assert token not in (STATIC / "app.css").read_text(encoding="utf-8")


def test_pages_carry_no_inline_script_or_style() -> None:
    for page in [*(ROOT / "templates/components").glob("*.html"), *(ROOT / "templates").glob("base*.html")]:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"", text), page.name


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    symbols = {element.get("id") for element in ET.parse(STATIC / "icons.svg").getroot()}  # noqa: S314 - our own file
    named = set()
    for page in (ROOT / "templates").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([a-z]+)"', page.read_text(encoding="utf-8")))
    assert named - symbols == set()


@time_machine.travel("2026-11-22T14:30:00+08:00", tick=False)
def test_dates_are_told_as_in_shanghai() -> None:
    late_evening = dt.datetime(2026, 11, 21, 16, 30, tzinfo=dt.UTC)  # already the 22nd there
    assert house.when(late_evening) == "11-22 00:30"
    assert house.when(dt.date(2025, 3, 7)) == "2025-03-07"
    assert house.day(late_evening) == "2026年11月22日"
    assert house.when(None) == house.day(None) == ""


@pytest.mark.parametrize(
    ("fen", "shown"), [(1200050, "¥12,000.50"), (0, "¥0.00"), (-500, "-¥5.00"), (None, ""), ("", "")]
)
def test_money_is_shown_in_yuan(fen: int | None, shown: str) -> None:
    assert house.yuan(fen) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("杨小明", "杨某"), ("欧阳小明", "欧阳某"), ("欧阳", "欧某"), ("Anna Li", "A***"), ("", ""), (None, "")],
)
def test_a_masked_name_keeps_the_family_name_only(name: str | None, shown: str) -> None:
    assert house.mask_name(name) == shown


def test_sizes_shares_and_lengths_are_short() -> None:
    assert [house.filesize_zh(size) for size in (900, 421888, 1992294)] == ["900 B", "412 KB", "1.9 MB"]
    assert (house.percent(0.275, 1), house.clock_time(1267.9), house.clock_time(3723)) == (
        "27.5%",
        "21:07",
        "1:02:03",
    )
    assert house.fingerprint("9f2c41e0c7d51a6803be") == "9f2c 41e0 c7d5 1a68 …"


def test_too_few_cases_are_not_drawn() -> None:
    assert drawings.distribution(drawings.Distribution(shares=[0.2] * 7)) == ""
    assert "<svg" in drawings.distribution(drawings.Distribution(shares=[0.2] * 8))


def test_the_drawing_says_in_words_what_it_shows() -> None:
    plot = drawings.Distribution(shares=[i / 20 for i in range(1, 12)], mine=0.33, mine_label="<B>")
    drawn = ET.fromstring(drawings.distribution(plot))  # noqa: S314 - drawn by us
    assert "30%" in drawn.attrib["aria-label"]
    assert "<B> 33%" in drawn.attrib["aria-label"]
    assert sum(count for _low, _high, count in plot.bins) == plot.count


@override_settings(ROOT_URLCONF=__name__)
def test_a_wrong_field_says_so_at_the_top_and_beside_it() -> None:
    form = SampleForm({"trouble": "fee", "amount": "一百二", "town": "cd", "agreed": "on"})
    shown = str(form)

    assert 'href="#id_amount"' in shown
    assert 'id="id_amount_error"' in shown
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in shown
    assert "data-error-summary" in shown


def test_an_option_card_shows_its_hint_and_icon() -> None:
    assert str(OptionText("利息太高", hint="和说的不一样")) == "利息太高"
    shown = str(SampleForm()["trouble"])
    assert "和当初说的不一样" in shown
    assert "icons.svg#yuan" in shown
    assert str(SampleForm(initial={"trouble": "dun"})["trouble"]).count("checked") == 1


def test_what_people_wrote_is_escaped() -> None:
    shown = render_to_string("components/file_row.html", {"title": "<script>x</script>.jpg", "number": "03"})
    assert "<script>" not in shown


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("surface", ["phone", "desk", "bench"])
def test_the_gallery_shows_every_component(surface: str) -> None:
    request = RequestFactory().get("/gallery/", {"as": surface})
    assert gallery(request).status_code == 200


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("Chromium is not installed")
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("surface", "width"), [("phone", 320), ("phone", 360), ("desk", 1440), ("bench", 320)]
)
def test_no_barrier_and_no_sideways_scroll(
    surface: str, width: int, chromium: Any, live_server: Any, settings: Any
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    settings.ROOT_URLCONF = __name__
    page = chromium.new_page(viewport={"width": width, "height": 740}, locale="zh-CN")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/gallery/?as={surface}")

    assert [broken["id"] for broken in axe.Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []  # nothing that the content security policy had to stop
