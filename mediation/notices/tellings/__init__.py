"""What is told to whom when something happens: one row for each event and each kind of reader.

A body is a row of sentences with named facts (see facts.py). A sentence whose fact is not known is left out. A subject
names no fact, because strangers who check a code may read it. What one side offered, conceded or said in confidence is
no fact: such words are read in the case, by those whom they are for (在线调解规则 Art 18).
"""

from mediation.notices.tellings.beginning import BEGINNING
from mediation.notices.tellings.bids import BIDS
from mediation.notices.tellings.court import COURT
from mediation.notices.tellings.mediator import MEDIATOR, TALKS
from mediation.notices.tellings.payments import PAYMENTS
from mediation.notices.tellings.reaching import REACHING
from mediation.notices.tellings.shape import Only, Telling, To
from mediation.notices.tellings.terms import TERMS
from mediation.notices.tellings.time import ENDINGS, TIME

TELLINGS: dict[str, tuple[Telling, ...]] = {
    **BEGINNING,
    **MEDIATOR,
    **TALKS,
    **TERMS,
    **BIDS,
    **COURT,
    **PAYMENTS,
    **TIME,
    **ENDINGS,
    **REACHING,
}

__all__ = ["TELLINGS", "Only", "Telling", "To"]
