"""No file is lost in silence: pieces that never arrive, answers that never arrive, no network, a page loaded anew.

UPLOAD_RUNS says how often each page is tried, each time with other losses. The bytes must come out equal, and what the
page lists must be what the server has.
"""

import hashlib
import io
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image

from cases.models import Case, Exhibit
from evidence.models import Deposit
from evidence.origin.provenance import provenance_of
from mediation.entrance.front import BY_PHONE
from mediation.files import incoming
from tests.test_look import chromium  # noqa: F401 - the same browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
RUNS = int(os.environ.get("UPLOAD_RUNS", "2"))
LOST = 0.15
OFFLINE_AT, RELOADED_AT = 3, 6  # the pieces that are stopped
PATIENCE_MS = 60_000


class Network:
    """A bad network between the browser and the server: loses pieces, loses answers, and can be stopped."""

    def __init__(self, page: Any, chance: random.Random) -> None:
        self.page, self.chance = page, chance
        self.offsets: list[int] = []
        self.lost = 0
        self.stop_at: int | None = None
        self.stopped: Any = None
        page.route("**/*", self.carry)

    def carry(self, route: Any) -> None:
        request = route.request
        if request.method != "PATCH":
            return route.continue_()
        self.offsets.append(int(request.headers["upload-offset"]))
        if self.stop_at is not None and len(self.offsets) >= self.stop_at:
            self.stop_at, self.stopped = None, route
            return None
        luck = self.chance.random()
        if luck < LOST:
            self.lost += 1
            if luck < LOST / 2:  # the piece arrives, its answer does not
                route.fetch()
            return route.abort("connectionreset")
        return route.continue_()

    def wait_for_stop(self) -> Any:
        for _turn in range(PATIENCE_MS // 50):
            if self.stopped:
                route, self.stopped = self.stopped, None
                return route
            self.page.wait_for_timeout(50)
        pytest.fail("the upload came to no such piece")


def noise(seed: int) -> bytes:
    target = io.BytesIO()
    random.seed(seed)
    Image.effect_noise((1500, 1200), 80).save(target, "JPEG", quality=96)
    return target.getvalue() + random.randbytes(700_000)  # as phones append to their pictures


def of_a_draft(page: Any, url: str) -> tuple[str, Callable[[], set[str]]]:
    """The page of an application: each file is taken in when it is whole."""
    page.goto(url + reverse("portal:question", args=["who"]))
    page.fill("[name=respondent]", "甲消费金融公司")
    page.click("button[type=submit].pri")
    return url + reverse("portal:question", args=["evidence"]), lambda: {
        one.deposit.sha256 for one in Exhibit.objects.filter(case__docket=None)
    }


def of_a_case(page: Any, url: str, case: Case) -> tuple[str, Callable[[], set[str]]]:
    """The page of a case: the files wait for the button."""
    return url + reverse("portal:act", args=[case.docket, "evidence"]), lambda: {
        one.deposit.sha256 for one in case.exhibits.filter(kind="chat")
    }


@pytest.mark.parametrize("run", range(RUNS))
@pytest.mark.parametrize("where", ["draft", "case"])
def test_a_file_arrives_whole_through_a_bad_network(
    accepted_case,
    citizen,
    client,
    settings,
    tmp_path: Path,
    live_server,
    chromium,  # noqa: F811
    where,
    run,
) -> None:
    settings.VAR_DIR = tmp_path
    client.force_login(citizen, backend=BY_PHONE)
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    if where == "case":
        key = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        address, kept = of_a_case(page, live_server.url, accepted_case)
    else:
        address, kept = of_a_draft(page, live_server.url)
    data = noise(run)
    file = tmp_path / f"照片{run}.jpg"
    file.write_bytes(data)
    network = Network(page, random.Random(run))
    page.goto(address)

    network.stop_at = OFFLINE_AT
    page.set_input_files("[data-chosen=picture]", file)
    route = network.wait_for_stop()
    context.set_offline(True)
    route.abort("internetdisconnected")
    page.wait_for_selector("li.file.failed")
    assert page.locator("li.file.failed [data-again]").is_visible(), "a red row, and a way to go on"
    reached = len(network.offsets)
    network.stop_at = reached + RELOADED_AT - OFFLINE_AT
    context.set_offline(False)  # it goes on by itself
    network.wait_for_stop()
    before = max(network.offsets)
    page.reload()
    network.offsets.clear()
    page.set_input_files("[data-chosen=picture]", file)
    done = "li.file.held" if where == "case" else "li.file.received"
    for _turn in range(20):
        page.wait_for_selector(f"{done}, li.file.failed")
        if page.locator(done).count():
            break
        page.click("li.file.failed [data-again]")
        page.wait_for_selector("li.file.sending")

    assert 0 < network.offsets[0] <= before, "taken up where it was, not from the beginning"
    if where == "case":
        assert kept() == set(), "nobody sees it before it is handed in"
        page.select_option("[name=kind]", "chat")
        page.click("[data-send]")
        page.wait_for_url("**/case/**#evidence")
        shown = page.locator("#evidence li.file").count()
    else:
        shown = page.locator("li.file.received").count()
    assert kept() == {hashlib.sha256(data).hexdigest()}
    came = provenance_of(Deposit.objects.get(sha256=hashlib.sha256(data).hexdigest()))
    assert (came.before.chosen_by, came.checked.sent_hash) == ("picture", "same"), (
        "both ends reckoned the same hash"
    )
    assert shown == len(kept()) == 1
    if where == "case":
        assert not incoming.held_by(case_id=accepted_case.pk)
    context.close()
