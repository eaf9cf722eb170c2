"""A sample of every kind of paper, by the key of its kind: what the papers' tests set and read."""

from typing import Any

from tests.paper_samples.asked import ASKED
from tests.paper_samples.beginning import BEGINNING
from tests.paper_samples.court import COURT_PAPERS
from tests.paper_samples.office import OFFICE_PAPERS
from tests.paper_samples.talks import TALKS

SAMPLES: dict[str, dict[str, Any]] = {**BEGINNING, **TALKS, **COURT_PAPERS, **ASKED, **OFFICE_PAPERS}
