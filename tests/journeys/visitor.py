"""A person in front of a browser: opens, fills, presses, and notices everything that goes wrong on the way."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

from tests.journeys.running import Site

PATIENCE_MS = 60_000  # the machine may be busy
TALLEST_PX = 2600  # of a picture
REFUSED = re.compile(r"Failed to load resource: .*\b(403|404|422|429)\b")
SESSION_COOKIE = "sessionid"
CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")


class Visitor:
    """One browser context with one page. `troubles` must be empty at the end of a test."""

    def __init__(self, name: str, site: Site, context: BrowserContext, album: Path) -> None:
        self.name, self.site, self.context, self.album = name, site, context, album
        self.troubles: list[str] = []
        context.set_default_timeout(PATIENCE_MS)
        context.set_default_navigation_timeout(PATIENCE_MS)
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._note(f"script: {error.error}"))
        self.page: Page = context.new_page()

    def _note(self, trouble: str) -> None:
        self.troubles.append(f"{self.name}: {trouble}")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:", "about:")):
            self._note(f"asked another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        path = urlsplit(response.url).path
        if response.status >= 500:
            self._note(f"{response.status} {response.request.method} {path}")
        if response.status == 404 and response.request.resource_type != "document":
            self._note(f"404 {path}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSED.search(message.text):
            self._note(f"console: {message.text}")

    # ---- what a person does

    def open(self, path: str) -> Page:
        """Go to an address of the site: it is there with its scripts; sound and pictures may still be on their way."""
        address = path if path.startswith("http") else self.site.url + path
        self.page.goto(address, wait_until="domcontentloaded")
        return self.page

    def hand_over(self, name: str, file: Path) -> None:
        """Choose a file for a form of a case, and wait until it has arrived there."""
        field = self.page.locator(f"[name='{name}']").last
        field.set_input_files(file)
        if field.get_attribute("data-chosen"):
            self.page.locator(f"[data-into='held_{name}'] .file.held").last.wait_for()

    def fill(self, **answers: str) -> None:
        """Write into the fields with these names."""
        for name, words in answers.items():
            self.page.locator(f"[name='{name}']").first.fill(words)

    def tick(self, name: str, *values: str) -> None:
        """Tick a box, or choose one of several by its value."""
        for value in values or ("",):
            wanted = f"[name='{name}']" + (f"[value='{value}']" if value else "")
            self.page.locator(wanted).first.check(force=True)

    def choose(self, name: str, value: str) -> None:
        """Choose in a list."""
        self.page.locator(f"select[name='{name}']").first.select_option(value)

    def press(self, target: str | Locator) -> None:
        """Press a button or a link: by its Chinese words, by CSS, or as found. Waits for the page that follows."""
        with self.page.expect_navigation(wait_until="load"):
            self.tap(target)

    def tap(self, target: str | Locator) -> None:
        """Press something that opens no page."""
        found = self.find(target) if isinstance(target, str) else target
        found.scroll_into_view_if_needed()
        found.click()

    def find(self, target: str) -> Locator:
        """The first visible button or link with these Chinese words, or what this CSS finds."""
        if target.isascii():
            return self.page.locator(f"{target} >> visible=true").first
        named = re.compile(re.escape(target))
        button = self.page.get_by_role("button", name=named)
        return button.or_(self.page.get_by_role("link", name=named)).locator("visible=true").first

    def send(self, action: str) -> None:
        """Press the main button of the form that posts to an address with these words."""
        self.press(f"form[action*='{action}'] button:not([name]):not([type=button])")

    def unfold(self, summary: str) -> None:
        """Open what is folded away, by CSS."""
        folded = self.page.locator(summary).first
        if not folded.evaluate("box => box.open"):
            folded.locator("summary").first.click()

    def download(self, path: str) -> bytes:
        """What stands at an address, with this person's rights."""
        answer = self.context.request.get(path if path.startswith("http") else self.site.url + path)
        assert answer.ok, f"{answer.status} {path}"
        return answer.body()

    def sees(self, *words: str) -> None:
        """Wait until all these words stand on the page."""
        for word in words:
            self.page.locator("main").filter(has_text=word).first.wait_for()

    def text(self) -> str:
        """All words of the page's main part."""
        return self.page.locator("main").inner_text()

    def picture(self, name: str) -> None:
        """Keep the whole page as it is now, for a person to look at."""
        self.album.mkdir(parents=True, exist_ok=True)
        number = len(list(self.album.glob("*.png"))) + 1
        shape = self.page.viewport_size or {"width": 1366, "height": 900}
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({**shape, "height": max(shape["height"], min(height, TALLEST_PX))})
        self.page.screenshot(path=self.album / f"{number:02d}-{name}.png")
        self.page.set_viewport_size(shape)

    # ---- coming in

    def sign_in(self, username: str) -> None:
        """By name and password."""
        self.open("/sign-in/")
        self.fill(username=username, password="mediation-demo")
        self.press("form.panel button[type=submit]")

    def sign_in_by_phone(self, phone: str) -> None:
        """By the code in the text message, read as the demo shows it."""
        self.open("/sign-in/phone/")
        self.fill(phone=phone)
        self.press("form:has([name=phone]) button[type=submit]")
        self.fill(code=self.code_sent_to(phone))
        self.press("form:has([name=code]) button.pri")

    def sign_in_with(self, session: str) -> None:
        """By a session that the site has made before."""
        self.context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": self.site.url}])

    def code_sent_to(self, phone: str) -> str:
        """The newest code for this phone, from the page of sent messages in a second tab."""
        tab = self.context.new_page()
        tab.goto(self.site.url + "/demo/messages/")
        rows = tab.locator("tr").filter(has_text=phone).all_inner_texts()
        tab.close()
        codes = [found[1] for row in rows if (found := CODE.search(row.split("】")[-1]))]
        assert codes, f"no code was sent to {phone}"
        return codes[0]
