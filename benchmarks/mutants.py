"""Ten thousand packets that are not honest, shown to both verifiers.

    python benchmarks/mutants.py [COUNT] [--seed N] [--page] [--honest N]

Says for each class how many were shown, and which were judged wrongly. With --page every packet is also opened by
verify.html in a headless browser, and every difference between the two is told. With --honest so many honest packets
are checked as well; none of them may differ. The exit code is 1 where anything was missed, refused or disputed.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from evidence.verify.verify import verify
from tests.evidence.bags import Shape, make
from tests.evidence.mutants import KINDS, Mutant, mutants


@contextmanager
def verifier_page(wanted: bool) -> Iterator[Any]:
    """The page of the second verifier, opened in a browser; None where it was not asked for."""
    if not wanted:
        yield None
        return
    from playwright.sync_api import sync_playwright

    from tests.evidence.verify.pages import CHROMIUM, FLAGS, Opened

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Opened.by(browser)
        browser.close()


class Tally:
    """What was seen: per class how many were caught, and every packet that was judged wrongly."""

    def __init__(self) -> None:
        self.shown: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.cpu_s = 0.0

    def ask(self, made: Mutant, page: Any, right: str) -> None:
        started = time.process_time()
        first = verify(made.packet, made.policy, made.policy_fingerprint, made.tsa)
        self.cpu_s += time.process_time() - started
        self.shown[made.kind] += 1
        if first["verdict"] != right:
            self.wrong.append(f"{made.kind} {made.seed}: verify.py says {first['verdict']}")
        if page is not None:
            second = page.check(made.packet, made.policy, made.policy_fingerprint or "", made.tsa)
            if second["verdict"] != first["verdict"]:
                self.wrong.append(f"{made.kind} {made.seed}: {first['verdict']} and {second['verdict']}")
            elif second["item"] != first["item"]:
                self.shown[f"(item differs) {made.kind}: {first['item']} / {second['item']}"] += 1


def honest(count: int, seed: int) -> Iterator[Mutant]:
    """So many honest packets of every shape, in the form in which mutants are shown."""
    for number in range(seed, seed + count):
        bag = make(Shape.by_chance(number))
        yield Mutant("honest", number, bag.packet, bag.policy, None, (bag.tsa,))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--honest", type=int, default=200)
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    tally, started = Tally(), time.monotonic()
    with verifier_page(options.page) as page:
        for made in honest(options.honest, options.seed):
            tally.ask(made, page, "holds")
        for made in mutants(options.count, options.seed):
            tally.ask(made, page, "differs")
    for kind, many in sorted(tally.shown.items()):
        print(f"{many:6d}  {kind}")
    for line in tally.wrong:
        print("WRONG", line)
    print(
        f"{options.count} mutants in {len(KINDS)} classes, {options.honest} honest packets, {len(tally.wrong)} wrong"
    )
    print(f"{time.monotonic() - started:.0f} s; verify.py {tally.cpu_s:.1f} cpu-seconds")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
