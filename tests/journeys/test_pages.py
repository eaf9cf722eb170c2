"""Every page of all doors: no barrier that axe finds, nothing cut off at 320 px, no English in the Chinese pages."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys import intake, samples
from tests.journeys.visitor import Visitor

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NARROW = {"width": 320, "height": 640}
MOST = {"zh": 20, "en": 6}
ALIKE = 3  # pages of one kind that are looked at
FILES = re.compile(
    r"/log/(take|tile|checkpoint|policy)|\.(png|pdf|zip|json|jpg|csv|yaml)$|/(file|packet|schema|docs)/|[?&](download|language|text)=|/language/|^/open/"
)
FINGERPRINT = re.compile(r"\b[0-9a-f]{4}(?: [0-9a-f]{2,4})+\b")
ENGLISH = re.compile(r"[A-Za-z]{3,} (?:[A-Za-z]+ )*[A-Za-z]{2,}")
EVENT = re.compile(
    r"\b(?:case|recording|transcript|facts|exhibit|hearing|court|performance|suggestion)\.[a-z_]{3,}\b"
)
LATIN = "code, kbd, .mono, pre, [lang]:not([lang^=zh])"
WORDS = (
    "(skip) => { const copy = document.body.cloneNode(true);"
    " copy.querySelectorAll(skip + ', script, style, template, svg, noscript').forEach(one => one.remove());"
    " return copy.innerText; }"
)
DOORS = {
    "citizen": ["/my-cases/", "/messages/"],
    "institution": ["/counter/"],
    "officer": ["/desk/"],
    "mediator": ["/desk/"],
    "judge": ["/bench/"],
}
FRONT = ["/", "/sign-in/", "/sign-in/phone/", "/check-message/?code=K7M29PQR", "/demo/messages/", "/nowhere/"]
QUESTIONS = [
    "who",
    "trouble",
    "money",
    "story",
    "when",
    "evidence",
    "wish",
    "contact",
    "check",
    "helper",
    "keep",
    "resume",
    "privacy",
]


def look(person: Visitor, path: str, language: str) -> list[str]:
    """What is wrong with one page."""
    answer = person.page.goto(person.site.url + path)
    if answer is None or "html" not in (answer.headers.get("content-type") or ""):
        return []
    wrong = [
        f"{path}: {one['id']} at {one['nodes'][0]['target']}"
        for one in Axe().run(person.page, options=RULES).response["violations"]
    ]
    person.page.set_viewport_size(NARROW)
    wide = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        wrong.append(f"{path}: {wide} px cut off at {NARROW['width']}")
    person.page.set_viewport_size({"width": 1366, "height": 900})
    if language == "zh":
        shown = FINGERPRINT.sub("", person.page.evaluate(WORDS, LATIN))
        if found := ENGLISH.findall(shown) + EVENT.findall(shown):
            wrong.append(f"{path}: English: {found[:3]}")
    return wrong


def crawl(person: Visitor, start: list[str], language: str) -> list[str]:
    """Look at page after page, each kind of page first once, then again in other cases."""
    todo, seen = list(start), set(start)
    kinds: dict[str, int] = {}
    wrong: list[str] = []
    for _page in range(MOST[language]):
        if not todo:
            break
        todo.sort(key=lambda path: kinds.get(kind_of(path), 0))
        path = todo.pop(0)
        kinds[kind_of(path)] = kinds.get(kind_of(path), 0) + 1
        wrong += look(person, path, language)
        for link in person.page.locator("a[href]").evaluate_all("links => links.map(link => link.href)"):
            parts = urlsplit(link)
            onward = parts.path + (f"?{parts.query}" if parts.query else "")
            if link.startswith(person.site.url) and onward not in seen and not FILES.search(onward):
                seen.add(onward)
                if kinds.get(kind_of(onward), 0) < ALIKE:
                    todo.append(onward)
    return wrong


def kind_of(path: str) -> str:
    """The address without what tells one case from another."""
    return re.sub(r"\d[\d-]*", "#", path)


def speak(person: Visitor, language: str) -> None:
    """Choose the language as the page offers it."""
    person.open("/")
    if language == "en":
        person.press(person.page.get_by_role("button", name="EN"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", DOORS)
def test_pages_have_no_barriers(come, role, language) -> None:
    person = come(role)
    if role == "citizen":
        person.sign_in_by_phone("13800000001")
    else:
        person.sign_in({"institution": "lender"}.get(role, role))
    speak(person, language)

    wrong = crawl(person, DOORS[role], language)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_front_and_the_application_have_no_barriers(come, language) -> None:
    citizen = come("citizen")
    speak(citizen, language)
    citizen.open("/apply/who/")
    citizen.fill(respondent=samples.LENDER)
    intake.go_on(citizen)
    citizen.open("/apply/story/")
    citizen.fill(story=samples.STORY)
    intake.go_on(citizen)

    pages = [*FRONT, "/apply/understood/", *(f"/apply/{slug}/" for slug in QUESTIONS)]
    wrong = [words for path in pages for words in look(citizen, path, language)]

    assert not wrong, "\n".join(wrong)
