"""Cases led to a stage by the services, in the running site's database, for the browser to go on from."""

import json
from collections.abc import Mapping, Sequence

from tests.journeys.running import Site

SCRIPT = """
import json, sys
from unittest.mock import patch
from cases.models import Centre
from mediation.demo.cases import Stage
centre = Centre.objects.get(code="JZ01")
steps = {
    "signed": lambda s: s.sign(s.agree(120_000, 2), s.citizen, s.lender, s.mediator),
    "apply": lambda s: s.apply(),
    "confirm": lambda s: s.confirm(),
}
made = {}
for name, (key, ways) in json.loads(%(wanted)r).items():
    stage = Stage(key, centre)
    for way in ways:
        stage.case.refresh_from_db()
        steps.get(way, lambda s, way=way: getattr(s, way)())(stage)
    stage.case.refresh_from_db()
    made[name] = [stage.case.docket, str(stage.citizen.phone), stage.lender.username]
print("MADE" + json.dumps(made))
"""


def cases_at(site: Site, wanted: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, tuple[str, str, str]]:
    """By name: docket, the citizen's phone, the lender's user name.

    `wanted` says for each name which story of the demo, and the steps: file, accept, answer, assign, talk, signed,
    apply, confirm.
    """
    told = site.run(SCRIPT % {"wanted": json.dumps(wanted)})
    return {name: tuple(row) for name, row in json.loads(told.rsplit("MADE", 1)[1]).items()}
