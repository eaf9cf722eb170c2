"""The transcript as the mediator puts it right: a word is clicked and heard, and everything goes by keys alone."""

from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import room
from tests.journeys.tones import Tone, hearing_of_tones
from tests.journeys.visitor import Visitor

AT_ONCE_S = 0.3
MOST_TABS = 60
EARS = """() => {
  const audio = document.querySelector("[data-player] audio");
  const context = new AudioContext(), ear = context.createAnalyser();
  ear.fftSize = 4096;
  const source = context.createMediaElementSource(audio);
  source.connect(ear);
  source.connect(context.destination);
  const bins = new Float32Array(ear.frequencyBinCount), ears = (window.ears = {});
  const press = () => {
    Object.assign(ears, { pressed: performance.now(), played: null, heard: [] });
    context.resume();
  };
  press();
  ["click", "keydown"].forEach((kind) => document.addEventListener(kind, press, true));
  const plays = () => {
    if (ears.played || audio.paused || audio.seeking) return;
    ears.played = { after: (performance.now() - ears.pressed) / 1000, at: audio.currentTime };
  };
  ["playing", "seeked"].forEach((kind) => audio.addEventListener(kind, plays));
  setInterval(() => {
    ear.getFloatFrequencyData(bins);
    const loudest = bins.indexOf(Math.max(...bins));
    if (bins[loudest] > -50) ears.heard.push(Math.round(loudest * context.sampleRate / ear.fftSize));
  }, 20);
}"""
HEARS = "pitch => window.ears.heard.some((one) => Math.abs(one - pitch) < 25)"
PLACE_OF = """([line, place]) => {
  const words = document.querySelectorAll(".seg")[line].querySelector(".said > p");
  const isSaid = (node) => node.parentNode.closest("small") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT, isSaid);
  for (let left = place; walker.nextNode(); left -= walker.currentNode.length) {
    if (left >= walker.currentNode.length) continue;
    walker.currentNode.parentNode.scrollIntoView({ block: "center" });
    const range = document.createRange();
    range.setStart(walker.currentNode, left);
    range.setEnd(walker.currentNode, left + 1);
    const frame = range.getBoundingClientRect();
    return [frame.x + frame.width / 2, frame.y + frame.height / 2];
  }
}"""
SPOT = "() => { const el = document.activeElement; return [el.className, el.textContent.trim()]; }"


@pytest.fixture
def editor(site, come, tmp_path: Path) -> tuple[Visitor, list[list[Tone]]]:
    """The mediator before a transcript whose words are tones."""
    hearing, lines, _session = hearing_of_tones(site, tmp_path)
    mediator = come("mediator")
    mediator.sign_in("mediator")
    mediator.open(f"/desk/hearing/{hearing}/transcript/")
    mediator.page.locator("[data-bar]").wait_for()
    return mediator, lines


def place_in(page: Page, lines: list[list[Tone]], line: int, word: int) -> list[float]:
    """The middle of the first sign of a word, on the screen."""
    place: list[float] = page.evaluate(PLACE_OF, [line, sum(len(tone.text) for tone in lines[line][:word])])
    return place


def hear(page: Page, tone: Tone) -> float:
    """What was pressed last plays this word, from its second; how long that took."""
    page.wait_for_function("() => window.ears.played")
    page.wait_for_function(HEARS, arg=tone.pitch_hz)
    played = page.evaluate("window.ears.played")
    assert abs(played["at"] - tone.start_s) <= AT_ONCE_S, f"{tone} from {played['at']}"
    return float(played["after"])


def test_a_click_on_a_word_is_answered_by_its_sound(editor) -> None:
    mediator, lines = editor
    page = mediator.page
    page.evaluate(EARS)
    took = []
    for line, word in ((0, 5), (3, 1), (1, 4), (0, 0), (2, 5), (3, 3), (1, 2)):
        page.mouse.click(*place_in(page, lines, line, word))
        took.append(hear(page, lines[line][word]))
    mediator.picture("mediator-hears-a-word")
    assert median(took) <= AT_ONCE_S, took
    assert page.locator(".seg.on").count() == 1, "the line that is heard is marked"


def test_everything_goes_by_keys_alone(editor) -> None:
    mediator, lines = editor
    page, keys = mediator.page, mediator.page.keyboard
    page.evaluate(EARS)
    doubtful = page.locator(".seg .doubt").all_inner_texts()
    assert doubtful == ["三万元", "十二期", "两百", "打了", "老板", "八百元"], (
        "figures, and what the engine doubted"
    )

    # Tab: to the first doubtful word, then from one to the next, and back
    for _tab in range(MOST_TABS):
        keys.press("Tab")
        if page.evaluate(SPOT)[0].startswith("doubt"):
            break
    seen = [page.evaluate(SPOT)[1]]
    for _word in doubtful[1:]:
        keys.press("Tab")
        seen.append(page.evaluate(SPOT)[1])
    assert seen == doubtful
    for _word in range(3):
        keys.press("Shift+Tab")
    expect(page.locator(".seg .doubt").nth(2)).to_be_focused()

    # Enter plays the word; the brackets change the speed; Ctrl+Space stops
    keys.press("Enter")
    hear(page, lines[1][2])
    keys.press("]")
    expect(page.locator("[data-rate]")).to_have_text("1.25×")
    assert page.evaluate("document.querySelector('[data-player] audio').playbackRate") == 1.25
    keys.press("[")
    keys.press("Control+Space")
    page.wait_for_function("() => document.querySelector('[data-player] audio').paused")

    # E corrects: the word is chosen; Ctrl+Enter saves; the next doubtful word is there
    keys.press("e")
    keys.type("二百")
    mediator.picture("mediator-corrects-by-keys")
    keys.press("Control+Enter")
    line = page.locator(".seg").nth(1)
    expect(line.locator("s")).to_contain_text("多收两百服务费")
    expect(line.locator(".said > p").first).to_contain_text("每月多收二百服务费")
    expect(page.locator(".doubt", has_text="打了")).to_be_focused()

    # Ctrl+Z takes it back
    keys.press("Control+z")
    expect(line.locator("s")).to_have_count(0)
    expect(line.locator(".doubt")).to_have_text("两百")
    expect(line.locator(".doubt")).to_be_focused()

    # Y: heard, and right; on to the next
    left = page.locator("[data-task=unchecked] [data-count]")
    expect(left).to_have_text("4")
    keys.press("y")
    expect(line.locator(".doubt")).to_have_count(0)
    expect(left).to_have_text("3")
    expect(page.locator(".doubt", has_text="打了")).to_be_focused()

    # Escape leaves a correction as it was
    keys.press("e")
    keys.type("没打")
    keys.press("Escape")
    assert_focused_doubt(page.locator(".seg").nth(2))
    expect(page.locator(".seg").nth(2).locator(".said > p").first).to_contain_text("上个月打了电话")


def assert_focused_doubt(line: Locator) -> None:
    expect(line.locator(".doubt").first).to_be_focused()


def test_the_editor_has_no_barrier_and_fits_a_narrow_screen(editor) -> None:
    mediator, _lines = editor
    mediator.picture("mediator-editor-1366")
    assert room.barriers(mediator) == []
    mediator.page.set_viewport_size({"width": 320, "height": 640})
    mediator.picture("mediator-editor-320")
