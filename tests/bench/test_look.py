"""The court's pages and the interface's own page in a browser: no barrier, no sideways scroll, a strict policy."""

import io

import pytest
from django.urls import reverse

from mediation.court import services as court
from mediation.court.packet import read_packet
from tests.test_look import chromium  # noqa: F401 - the same browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at_the_bench(chromium, live_server, client, judge):  # noqa: F811
    """Open a page as the judge, at a width; what the browser complained of is collected."""
    client.force_login(judge)
    said: list[str] = []

    def opened(width: int):
        context = chromium.new_context(viewport={"width": width, "height": 768}, locale="zh-CN")
        context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
        )
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        return page

    return opened, said


def barriers(page) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    return [broken["id"] for broken in axe.Axe().run(page).response["violations"]]


@pytest.mark.parametrize("width", [320, 1366])
def test_every_page_of_the_bench_is_whole(width, at_the_bench, live_server, application, judge) -> None:
    opened, said = at_the_bench
    court.accept_application(application_id=application.pk, judge=judge)
    page = opened(width)
    for url in (
        reverse("bench:inbox"),
        reverse("bench:application", args=[application.pk]),
        reverse("bench:verify"),
    ):
        page.goto(live_server.url + url)
        assert barriers(page) == [], url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, url
    assert said == []


@pytest.mark.parametrize("width", [320, 1366])
def test_a_packet_is_chosen_and_checked(width, at_the_bench, live_server, application, tmp_path) -> None:
    opened, said = at_the_bench
    packet = tmp_path / "packet.zip"
    packet.write_bytes(b"".join(read_packet(application)))
    page = opened(width)
    page.goto(live_server.url + reverse("bench:verify"))
    page.set_input_files("[type=file]", packet)
    page.click("main button.pri")

    assert page.inner_text("h1") == "核验一致"
    assert page.is_visible("[data-print]")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []


def test_a_printed_verdict_keeps_its_words(at_the_bench, live_server, application) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    opened, _said = at_the_bench
    page = opened(1366)
    page.goto(live_server.url + reverse("bench:application", args=[application.pk]))
    printed = pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4")))
    text = "".join(leaf.get_textpage().get_text_range() for leaf in printed)
    printed.close()
    assert "核验一致" in text
    assert "不能证明" in text


def test_the_page_of_the_interface_works_under_the_strict_policy(at_the_bench, live_server) -> None:
    opened, said = at_the_bench
    page = opened(1366)
    page.goto(live_server.url + reverse("api:docs"))
    page.wait_for_selector(".opblock", timeout=20_000)
    assert page.locator(".opblock").count() > 10
    assert [text for text in said if "Content Security Policy" in text] == []
