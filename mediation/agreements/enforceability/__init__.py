"""能不能执行: what a court would miss or could not enforce in terms, found before anybody signs.

民诉法解释 Art 358(5) dismisses an agreement whose content is not clear; Art 461 enforces only what is definite: who,
what, how much, when, where to, and what follows. The review points; people decide. Import from here.
"""

from mediation.agreements.enforceability.findings import Beside, Finding, Level, Report
from mediation.agreements.enforceability.review import review, review_of

__all__ = ["Beside", "Finding", "Level", "Report", "review", "review_of"]
