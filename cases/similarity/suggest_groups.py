"""Who the settled cases are about, for the fairness report alone: no suggestion ever looks at this.

Groups are read from stories by plain words; a story that does not say belongs to the group of those that do not say.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.rules.caps import Licence
from cases.similarity.suggest import Stock, wilson
from cases.similarity.suggest_calibrate import FEWEST_TOLD, FOLDS, NOMINAL, part_of
from cases.similarity.suggest_facts import Settled, legal_base
from cases.similarity.suggest_learn import learn


class Counted(Protocol):
    """A row about `n` cases."""

    @property
    def n(self) -> int: ...


Part = TypeVar("Part", bound=Counted)
HARDSHIP = re.compile(
    r"低收入|低保|困难|未成年|孩子|残疾|生病|患病|住院|失业|怀孕|孕妇|老人|年纪大|没读过|读得少|不识字"
)
GIG = re.compile(r"快递|外卖|骑手|网约车|跑车|代驾|直播|家政|保洁|零工|临时工")
SITE = re.compile(r"工地|建筑|装修|刷墙|腻子|木工|瓦工|工厂|厂里|电子厂|打螺丝|普工|流水线")


@dataclass(frozen=True, slots=True)
class GroupRow:
    """How ranges did for one group. Bias: foretold less settled, as a share of the claim, the middle case.

    `kind`: what tells the groups apart (hardship, work, lender); each case is in one group of each kind. `least` and
    `most` are Wilson's 95 % bounds of the share that fell inside.
    """

    group: Promise | str
    n: int
    covered: float
    least: float
    most: float
    bias: float
    kind: str

    @property
    def is_suspicious(self) -> bool:
        """Whether even the kindest reading lies off the promised share, or the middle is a tenth of the claim off."""
        return self.n >= FEWEST_TOLD and (
            self.most < NOMINAL - 0.05 or self.least > 0.97 or abs(self.bias) > 0.1
        )


def groups_of(story: str, lender: str) -> list[tuple[str, Promise | str]]:
    """Every group a case belongs to, by key (`kind:group`) and name."""
    return [
        ("hardship:told", _("Hardship told (low income, children, illness)"))
        if HARDSHIP.search(story)
        else ("hardship:not_told", _("No hardship told")),
        ("work:gig", _("Gig work"))
        if GIG.search(story)
        else ("work:site", _("Factory or building site"))
        if SITE.search(story)
        else ("work:other", _("Other work, or not said")),
        (f"lender:{lender}", Licence(lender).label if lender in Licence.values else lender),
    ]


def fairness(stock: Stock, stories: Mapping[str, str]) -> list[GroupRow]:
    """One row a group, from the stock's own cases foretold without themselves. `stories` by key."""
    middles = _foretold_middles(stock.cases)
    members: dict[str, list[str]] = defaultdict(list)
    names: dict[str, Promise | str] = {}
    by_key = {case.key: case for case in stock.cases}
    for key in middles:
        for group, name in groups_of(stories.get(key, ""), by_key[key].pleaded.lender):
            members[group].append(key)
            names[group] = name
    rows = []
    for group in sorted(members):
        keys = members[group]
        held, asked = stock.foretold.coverage(keys=frozenset(keys))
        if not asked:
            continue
        gaps = [
            (middles[key] - by_key[key].settled_fen) / max(1, by_key[key].pleaded.claim_fen) for key in keys
        ]
        least, most = wilson(held, asked)
        rows.append(
            GroupRow(
                group=names[group],
                n=asked,
                covered=held / asked,
                least=least,
                most=most,
                bias=round(float(np.median(gaps)), 2) + 0.0,
                kind=group.split(":")[0],
            )
        )
    return rows


def withheld(rows: Sequence[GroupRow]) -> frozenset[GroupRow]:
    """The groups whose figures are not shown: the small ones, and as many of the next smallest as hide them.

    The groups of a kind make up all cases together, and figures of all cases are shown. So where one alone is left
    out, it is all cases less the others. What is left out of a kind is two groups at least, with ten cases together.
    """
    kinds = {row.kind for row in rows}
    return frozenset(
        row for kind in kinds for row in too_few_to_tell([one for one in rows if one.kind == kind])
    )


def too_few_to_tell(parts: Sequence[Part]) -> list[Part]:
    """Of parts that make up a known whole: those of fewer than ten cases, and what more hides them (see `withheld`)."""
    by_size = sorted(parts, key=lambda part: part.n)
    out = [part for part in by_size if part.n < FEWEST_TOLD]
    for part in by_size[len(out) :]:
        if not out or (len(out) > 1 and sum(one.n for one in out) >= FEWEST_TOLD):
            break
        out.append(part)
    return out


def _foretold_middles(cases: Sequence[Settled]) -> dict[str, float]:
    """For each case the middle that the others foretell, in fen."""
    found: dict[str, float] = {}
    for fold in range(FOLDS):
        models = learn([case for case in cases if part_of(case) != fold])
        for case in (case for case in cases if part_of(case) == fold):
            base, model = legal_base(case.pleaded), models.get(case.pleaded.cause)
            if model is not None and base.fen > 0:
                level = float(model.level([case.pleaded], [base])[0])
                found[case.key] = min(base.most_fen, float(np.exp(level)) * base.fen)
    return found
