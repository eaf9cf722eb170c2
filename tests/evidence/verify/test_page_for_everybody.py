"""verify.html for people with a keyboard, a screen reader, a small phone, or a printer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from tests.evidence.bagparts import zip_of
from tests.evidence.bags import Bag, Shape, make
from tests.evidence.verify.forgeries import change_a_file, forged
from tests.evidence.verify.pages import CHROMIUM, FLAGS, Opened

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="no chromium or google-chrome on this machine"),
]
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
WIDTH = "return document.documentElement.scrollWidth"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def bag() -> Bag:
    return make(Shape(seed=11, records=9, files=3, milestones=3))


@pytest.fixture
def files(bag: Bag, tmp_path: Path) -> dict[str, Path]:
    contents = {
        "good.zip": bag.packet,
        "bad.zip": zip_of(forged(change_a_file, bag)[0]),
        "policy.txt": bag.policy,
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    return {name: tmp_path / name for name in contents}


VERDICTS = [
    ("good.zip", True, "核验通过"),
    ("bad.zip", True, "核验不通过：1 个文件对不上"),
    ("good.zip", False, "无法核验"),
]


@pytest.mark.parametrize(("packet", "trusted", "verdict"), VERDICTS)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    chromium: Browser, files: dict[str, Path], packet: str, trusted: bool, verdict: str
) -> None:
    for context in ({"viewport": {"width": 1200, "height": 900}}, PHONE):
        opened = Opened.by(chromium, **context)
        assert Axe().run(opened.page).response["violations"] == []
        opened.choose(files[packet], files["policy.txt"] if trusted else None)
        assert opened.verdict() == verdict
        assert Axe().run(opened.page).response["violations"] == []
        assert opened.run(WIDTH) == context["viewport"]["width"]
        opened.page.close()


def test_a_keyboard_is_enough(chromium: Browser, files: dict[str, Path]) -> None:
    opened = Opened.by(chromium)
    opened.page.set_input_files("#fz", files["good.zip"])
    opened.page.set_input_files("#fp", files["policy.txt"])
    met = []
    for _ in range(12):
        opened.page.keyboard.press("Tab")
        met.append(opened.run("return document.activeElement.id || document.activeElement.textContent"))
        if met[-1] == "开始核验":
            break
    assert {"ff"} <= set(met)
    opened.page.keyboard.press("Enter")
    assert opened.verdict() == "核验通过"
    assert opened.run("return document.activeElement.id") == "verdict"
    opened.page.close()


def test_a_print_holds_the_result_and_no_buttons(chromium: Browser, files: dict[str, Path]) -> None:
    opened = Opened.by(chromium)
    opened.choose(files["bad.zip"], files["policy.txt"])
    opened.verdict()
    opened.page.emulate_media(media="print")
    shown = opened.page.inner_text("body")
    assert "核验不通过" in shown
    assert "第十七条" in shown
    assert "打印" not in shown
    assert opened.page.pdf(format="A4").startswith(b"%PDF")
    opened.page.close()
