"""Two browsers that cannot reach each other, as behind the networks of carriers: a TURN server stands between."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys import room
from tests.journeys.room import LOUDNESS, REMEMBERED, speaks  # noqa: F401 - a fixture
from tests.journeys.running import Site
from tests.journeys.samples import dialect_clip
from tests.servers.coturn import MISSING, PROGRAM, Coturn

pytestmark = pytest.mark.skipif(not PROGRAM, reason=MISSING)
CONNECTS_WITHIN_MS = 60_000
SOUNDS = "[data-sounds] audio"
# No way but through the relay, and every connection is remembered, to be asked which way it took.
ONLY_BY_RELAY = REMEMBERED % '{ iceTransportPolicy: "relay" }'
WAYS = """async () => {
  const ways = [];
  for (const one of window.connections.filter((each) => each.connectionState === "connected")) {
    const stats = await one.getStats();
    stats.forEach((pair) => {
      if (pair.type === "candidate-pair" && pair.nominated && pair.bytesReceived > 0)
        ways.push([pair.localCandidateId, pair.remoteCandidateId].map((id) => stats.get(id).candidateType).join(" "));
    });
  }
  return ways;
}"""


@pytest.fixture(scope="module")
def coturn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    """Running."""
    with Coturn(tmp_path_factory.mktemp("coturn")) as coturn:
        yield coturn


@pytest.fixture(scope="module")
def site(coturn: Coturn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site, told of coturn."""
    with Site(tmp_path_factory.mktemp("turned") / "var", **coturn.environment).answering() as site:
        yield site


def test_who_cannot_be_reached_directly_hears_and_is_heard_through_the_relay(
    site,
    speaks,  # noqa: F811
) -> None:
    hearing, session, lender = room.seat_all(site)
    citizen = speaks("citizen", dialect_clip())
    institution = speaks("institution", room.mandarin_clip())
    for person in (citizen, institution):
        person.context.add_init_script(ONLY_BY_RELAY)
    citizen.sign_in_with(session)
    institution.sign_in(lender)

    room.come_in(citizen, "", hearing)
    room.come_in(institution, "/counter", hearing)

    for person in (citizen, institution):
        expect(person.page.locator(SOUNDS)).to_have_count(1, timeout=CONNECTS_WITHIN_MS)
        assert person.page.evaluate(LOUDNESS) > 0.01, f"{person.name} hears"
        assert person.page.evaluate(WAYS) == ["relay relay"], "and only by way of the relay"
