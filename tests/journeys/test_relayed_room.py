"""A hearing whose sound goes through a real Janus: heard by everybody at a place, and by nobody else."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys import room
from tests.journeys.room import LOUDNESS, speaks  # noqa: F401 - a fixture
from tests.journeys.running import Site
from tests.journeys.samples import dialect_clip
from tests.journeys.visitor import Visitor
from tests.servers.janus import MISSING, PROGRAM, Janus

pytestmark = pytest.mark.skipif(not PROGRAM, reason=MISSING)
BACK_WITHIN_MS = 60_000
SOUNDS = "[data-sounds] audio"
PICTURE = "[data-people] video"
# A page that a person has tampered with: it goes on listening and sending whatever it is told.
HOLD_ON = """() => {
  RTCPeerConnection.prototype.close = () => {};
  window.held = Array.from(document.querySelectorAll("[data-sounds] audio")).map((one) => one.srcObject);
}"""
HELD = """async () => {
  await new Promise((done) => setTimeout(done, 1500));
  window.held.forEach((stream) => {
    const sound = document.querySelector("[data-sounds]").appendChild(document.createElement("audio"));
    sound.srcObject = stream;
  });
  const loudest = await (%s)();
  document.querySelectorAll("[data-sounds] audio").forEach((one) => one.remove());
  return loudest;
}"""
AT_JANUS = """
import json
from asgiref.sync import async_to_sync
from mediation.adapters import adapter
from mediation.hearings.media.janus import Room
from mediation.hearings.media.wire import wired
from cases.models import User
async def senders():
    room, janus = Room(%d, 0), adapter("media")
    async with wired(janus.url, janus.secret) as wire:
        answer = await wire.message(
            await wire.attach(), request="listparticipants", room=room.number, secret=room.secret, pin=room.pin)
        return [one["id"] for one in answer.data["participants"] if one["publisher"]]
roles = User.objects.filter(pk__in=async_to_sync(senders)()).values_list("role", flat=True)
print("SENDERS" + json.dumps(sorted(roles)))
"""


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Janus]:
    """Running."""
    with Janus(tmp_path_factory.mktemp("janus")) as janus:
        yield janus


@pytest.fixture(scope="module")
def site(janus: Janus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site, told of Janus."""
    with Site(tmp_path_factory.mktemp("relayed") / "var", **janus.environment).answering() as site:
        yield site


def hears(person: Visitor, others: int) -> None:
    """As many others as this, and not only silence."""
    expect(person.page.locator(SOUNDS)).to_have_count(others, timeout=BACK_WITHIN_MS)
    assert person.page.evaluate(LOUDNESS) > 0.01, f"{person.name} hears"


def test_everybody_is_heard_through_janus_and_private_talk_by_its_own_side_alone(
    site,
    janus,
    speaks,  # noqa: F811
) -> None:
    hearing, session, lender = room.seat_all(site)
    citizen = speaks("citizen", dialect_clip())
    institution = speaks("institution", room.mandarin_clip())
    mediator = speaks("mediator", None)
    citizen.context.grant_permissions(["microphone", "camera"])
    citizen.sign_in_with(session)
    institution.sign_in(lender)
    mediator.sign_in("mediator")
    room.come_in(mediator, "/desk", hearing, silent=True)
    room.come_in(citizen, "", hearing)
    room.come_in(institution, "/counter", hearing)
    hears(mediator, 2)
    hears(citizen, 1)
    hears(institution, 1)
    assert json.loads(site.run(AT_JANUS % hearing).rsplit("SENDERS", 1)[1]) == ["citizen", "institution"]

    # a picture comes and goes, and the voice stays
    for _each in range(2):
        citizen.tap("[data-camera]")
        expect(mediator.page.locator(PICTURE)).to_have_count(1)
        mediator.page.wait_for_function(f"() => document.querySelector('{PICTURE}')?.videoWidth > 0")
        citizen.tap("[data-camera]")
        expect(mediator.page.locator(PICTURE)).to_have_count(0)
    hears(mediator, 2)

    # private talk: the other side's page is put out by the server, even if it does not let go by itself
    institution.page.evaluate(HOLD_ON)
    mediator.tap("[data-caucus=claimant]")
    institution.page.locator("[data-step=wait]").filter(has_text="单独谈话中").wait_for()
    expect(institution.page.locator(SOUNDS)).to_have_count(0)
    hears(mediator, 1)
    assert institution.page.evaluate(HELD % LOUDNESS) < 0.001, "nothing is heard outside"
    mediator.tap("[data-end-caucus]")
    hears(institution, 1)
    hears(mediator, 2)

    # Janus is gone: said in plain words, and sound goes from device to device until it is back
    janus.stop()
    for person in (citizen, institution, mediator):
        person.page.locator("[data-direct]").wait_for()
    assert room.barriers(citizen) == []
    citizen.picture("citizen-without-the-relay")
    hears(institution, 1)
    hears(mediator, 2)
    janus.start()
    for person in (citizen, institution, mediator):
        person.page.locator("[data-direct]").wait_for(state="hidden", timeout=BACK_WITHIN_MS)
    hears(institution, 1)
    hears(mediator, 2)
