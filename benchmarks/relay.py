"""What a room costs as it fills: browser to browser, and through a real Janus.

    python benchmarks/relay.py [--people 3,4,6,8,10] [--seconds 20] [--only mesh|relay] [--json]

Starts a site of its own, with Janus where sound is relayed, and lets people come into one room, each in a tab of
Chromium that plays a recording as its microphone; sound only, nobody is recorded. One person has a browser of their
own: `browser_cpu` is what its processes take (1: one core), `up_kbit_s` and `down_kbit_s` what it sends and receives,
by its own count of RTP. `janus_cpu` is the relay's. `hears` is how many others its page plays and really receives.
More people than a room lets in without a relay are seated past that limit, to see what it spares them. CPU seconds do
not depend on other load; where the machine cannot keep up with all tabs, `received` falls below 1: the share of packets
that came, of those that were due.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright

from benchmarks.processes import children_of, named, whole_cpu_s_of
from benchmarks.recordings import tell
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.room import FAKE, OPENED, REMEMBERED, as_wav, go_in
from tests.journeys.running import ROOT, Site
from tests.journeys.visitor import PATIENCE_MS, SESSION_COOKIE, Visitor
from tests.servers.janus import PROGRAM, Janus

VOICE = ROOT / "mediation" / "hearings" / "demo" / "hearing.ogg"
PACKETS_A_SECOND = 50  # of Opus, 20 ms each
SETTLES_S = 5
WAYS = ("mesh", "relay")
LEAST = 3  # the mediator and the two sides
MEASURED = "--measured-by-the-benchmark"
ALL_HEARD = "(others) => document.querySelectorAll('[data-sounds] audio').length === others"
# No captions: whoever measures tabs does not want a decoder beside them.
QUIET = {"SPEECH_ENGINE": "mediation.hearings.engines.scripted.ScriptedEngine"}
SEATED = (
    OPENED
    + """
import json
from mediation.hearings.room import seats
from mediation.hearings.media.port import Mesh
Mesh.most_guests = 99
pk, people = opened(agrees=False), list(sides)
for number in range(%(guests)d):
    secret = seats.invite_guest(hearing_id=pk, mediator=mediator, part="interpreter")
    people.append(seats.come_as_guest(secret=secret, name=f"译员{number + 1}").person)
for person in people:
    seats.admit(hearing_id=pk, mediator=mediator, person_id=person.pk)
doors = ["/desk", "", "/counter", *[""] * %(guests)d]
seated = [[door, session_of(person)] for door, person in zip(doors, [mediator, *people])]
print("SEATED" + json.dumps([pk, seated]))
"""
)
COUNTED = """async () => {
  const sums = { sent: 0, received: {} };
  for (const [number, one] of window.connections.entries()) {
    if (one.connectionState !== "connected") continue;
    (await one.getStats()).forEach((each) => {
      if (each.type === "outbound-rtp") sums.sent += each.bytesSent + each.headerBytesSent;
      if (each.type === "inbound-rtp")
        sums.received[`${number} ${each.ssrc}`] = [each.packetsReceived, each.bytesReceived + each.headerBytesReceived];
    });
  }
  return sums;
}"""


def tree_of(process: int) -> list[int]:
    """The process and all below it."""
    return [process, *(below for child in children_of(process) for below in tree_of(child))]


def cpu_of(processes: Sequence[int]) -> float:
    """CPU seconds of them so far."""
    return sum(map(whole_cpu_s_of, processes))


class Room:
    """A hearing that fills; the first who comes has a browser of their own."""

    def __init__(self, site: Site, stack: ExitStack, voice: Path, most: int) -> None:
        self.site = site
        told = site.run(SEATED % {"guests": most - 3}).rsplit("SEATED", 1)[1]
        self.hearing, self.seats = json.loads(told.splitlines()[0])
        playwright = stack.enter_context(sync_playwright())
        flags = [*FLAGS, *FAKE, f"--use-file-for-fake-audio-capture={voice}"]
        self.browsers = []
        for own in ([MEASURED], []):
            self.browsers.append(playwright.chromium.launch(executable_path=CHROMIUM, args=[*flags, *own]))
            stack.callback(self.browsers[-1].close)
        self.people: list[Visitor] = []

    def fill(self, people: int) -> None:
        """Let more come in until there are so many, and wait until all have a sound of all."""
        while len(self.people) < people:
            tell(f"{len(self.people) + 1} of {people} come in")
            door, session = self.seats[len(self.people)]
            context = self.browsers[bool(self.people)].new_context(
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                permissions=["microphone"],
                viewport={"width": 1366, "height": 900},
            )
            context.add_init_script(REMEMBERED % "{}")
            context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": self.site.url}])
            person = Visitor(f"person {len(self.people) + 1}", self.site, context, self.site.folder)
            person.open(f"{door}/hearing/{self.hearing}/room/")
            go_in(person)
            person.page.locator("[data-step=talk]").wait_for()
            self.people.append(person)
        for person in self.people:
            person.page.wait_for_function(ALL_HEARD, arg=people - 1, timeout=PATIENCE_MS)

    def measure(self, janus: int, seconds: float) -> dict[str, Any]:
        """What it takes for so long."""
        first, processes = self.people[0].page, tree_of(named(MEASURED))
        time.sleep(SETTLES_S)
        began, browser_s, janus_s = time.monotonic(), cpu_of(processes), whole_cpu_s_of(janus)
        before = first.evaluate(COUNTED)
        time.sleep(seconds)
        after = first.evaluate(COUNTED)
        took = time.monotonic() - began
        spent_s, relayed_s = cpu_of(processes) - browser_s, whole_cpu_s_of(janus) - janus_s
        came = [
            [now - then for now, then in zip(counts, before["received"].get(name, (0, 0)), strict=True)]
            for name, counts in after["received"].items()
        ]
        due = PACKETS_A_SECOND * took * (len(self.people) - 1)
        return {
            "people": len(self.people),
            "browser_cpu": round(spent_s / took, 3),
            "janus_cpu": round(relayed_s / took, 3) if janus else None,
            "up_kbit_s": round((after["sent"] - before["sent"]) * 8 / took / 1000),
            "down_kbit_s": round(sum(size for _, size in came) * 8 / took / 1000),
            "hears": sum(packets > 0 for packets, _ in came),
            "received": round(sum(packets for packets, _ in came) / due, 2),
            "load": round(os.getloadavg()[0], 1),
        }


def rows_of(way: str, folder: Path, people: Sequence[int], seconds: float) -> Iterator[dict[str, Any]]:
    """A row for each number of people, fewest first; a site, and a Janus if asked for, of its own."""
    with ExitStack() as stack:
        told, process = dict(QUIET), 0
        if way == "relay":
            janus = stack.enter_context(Janus(folder / "janus"))
            told |= janus.environment
            process = janus.process
        site = stack.enter_context(Site(folder / way, **told).answering())
        room = Room(site, stack, as_wav(VOICE, folder), max(people))
        for count in people:
            room.fill(count)
            row = {"way": way, **room.measure(process, seconds)}
            tell(json.dumps(row))
            yield row


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", default="3,4,6,8,10", help="how many are in the room, one after another")
    parser.add_argument("--seconds", type=float, default=20.0, help="that each measuring takes")
    parser.add_argument("--only", choices=WAYS, help="one way instead of both")
    parser.add_argument("--json", action="store_true", help="print one line of JSON and nothing else")
    given = parser.parse_args()
    ways = [given.only] if given.only else list(WAYS)
    if not CHROMIUM or ("relay" in ways and not PROGRAM):
        parser.error("this needs chromium, and janus for what is relayed (apt install chromium janus)")
    people = sorted({max(int(count), LEAST) for count in given.people.split(",")})
    with tempfile.TemporaryDirectory(prefix="relay-") as folder:
        rows = [row for way in ways for row in rows_of(way, Path(folder), people, given.seconds)]
    if given.json:
        print(json.dumps({"relay": rows}))
        return 0
    for row in rows:
        print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
