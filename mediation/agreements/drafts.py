"""Terms and words as they are written in forms, before anything is kept."""

from dataclasses import dataclass, field
from datetime import date

MOST_PARTS = 120


@dataclass(frozen=True, slots=True)
class TermDraft:
    """One term as written in a form. `amount_fen` is needed for payments and waivers, `words` for other acts."""

    kind: str
    payer: str
    due_on: date
    amount_fen: int | None = None
    parts: int = 1
    account: dict[str, str] = field(default_factory=dict)
    allocation: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a proposal says beside its terms (人民调解法 Art 29)."""

    note: str = ""
    waiver: str = ""
    costs: str = ""
    overdue: str = ""
    credit: str = ""
