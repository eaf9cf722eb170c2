"""The running site, the browser, and people who come to it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.running import ROOT, Site
from tests.journeys.visitor import Visitor

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
PICTURES = Path(os.environ.get("PICTURES_DIR", ROOT / "var" / "pictures"))
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--lang=zh-CN",
]  # fmt: skip
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1366, "height": 900}}
CITIZENS = {"citizen", "helper"}
Come = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys share one site, hence one process; without a browser they are left out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            for mark in (pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")):
                item.add_marker(mark)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no chromium or google-chrome on this machine"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Add the tails of the site's logs to the report of a failed journey."""
    report = yield
    item.broken = report.failed  # type: ignore[attr-defined]
    site = getattr(item, "funcargs", {}).get("site")
    if report.failed and isinstance(site, Site):
        report.sections.append(("logs of the site", site.logs()))
    return report


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site with demo cases, in a folder of its own, until all journeys are over.

    JOURNEYS_SITE="http://127.0.0.1:8000 /path/of/its/var" uses one that runs already.
    """
    url, _space, folder = os.environ.get("JOURNEYS_SITE", "").partition(" ")
    running = Site(Path(folder), url) if url else Site(tmp_path_factory.mktemp("site") / "var")
    with running.answering() as site:
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless browser; ended with the module, because its loop must not run beside other tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def come(site: Site, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Come]:
    """Call it with a name to let somebody come in a browser of their own. No trouble of anybody is forgiven."""
    album = PICTURES / re.sub(r"^test_", "", request.node.name).replace("[", "-").strip("]")
    shutil.rmtree(album, ignore_errors=True)
    visitors: list[Visitor] = []

    def make(name: str, **options: Any) -> Visitor:
        shape = PHONE if name in CITIZENS else DESK
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **{**shape, **options})
        visitors.append(Visitor(name, site, context, album))
        return visitors[-1]

    yield make
    for visitor in visitors:
        if getattr(request.node, "broken", False):
            visitor.picture(f"broken-{visitor.name}")
        visitor.context.close()
    troubles = [trouble for visitor in visitors for trouble in visitor.troubles]
    assert not troubles, "\n".join(troubles)
