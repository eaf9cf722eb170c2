"""The places of a 人民调解卷宗 in their order (司法部2010年通知, source P), and which papers of a case stand there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Exhibit
from cases.roles import Role
from cases.workflow import Ending, Stage
from evidence.origin.provenance import provenance_of

PRINTED_BY = "mediation.documents "
AFTER_TALKS = {Stage.SIGNING, Stage.CONFIRMATION, Stage.PERFORMANCE}
EVIDENCE = (
    Exhibit.Kind.CONTRACT,
    Exhibit.Kind.SCHEDULE,
    Exhibit.Kind.STATEMENT,
    Exhibit.Kind.CHAT,
    Exhibit.Kind.RECORDING,
    Exhibit.Kind.STORY,
    Exhibit.Kind.OTHER,
)


def was_accepted(case: Case) -> bool:
    """Whether there was a mediation at all."""
    return case.accepted_at is not None


def was_talked(case: Case) -> bool:
    """Whether the talks began, so that a record of them is due."""
    return case.stage in {Stage.MEDIATION, *AFTER_TALKS} or case.steps.filter(name="open_mediation").exists()


def was_agreed(case: Case) -> bool:
    """Whether an agreement took effect."""
    return case.agreements.filter(effective_at__isnull=False, set_aside_at__isnull=True).exists()


def was_ended(case: Case) -> bool:
    """Whether the mediation ended without an agreement, so that the notice of it is due."""
    return case.is_closed and was_accepted(case) and case.ending not in {"", Ending.AGREEMENT}


def never(_case: Case) -> bool:
    """For places that may stay empty."""
    return False


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the file: `printed` in the table of contents, `label` on screens.

    `papers` are kinds of documents printed here, `exhibits` kinds of what was handed in. `must` says whether this case
    needs it (必须); `hint` how to come by it.
    """

    key: str
    printed: str
    label: str | Promise
    papers: frozenset[str] = frozenset()
    exhibits: frozenset[str] = frozenset()
    must: Callable[[Case], bool] = never
    hint: str | Promise = ""
    is_starred: bool = False  # 必须 in the list of 司法部


def _kinds(*names: str) -> frozenset[str]:
    return frozenset(names)


PLACES = (
    Place(
        "application",
        "调解申请书、受理登记表",
        _("Application, register"),
        _kinds("application", "register", "acceptance_notice", "invitation", "decline_notice"),
        must=lambda case: case.filed_at is not None,
        is_starred=True,
    ),
    Place(
        "rights",
        "当事人权利义务告知书",
        _("Notice of rights and duties"),
        _kinds("rights_notice", "disclosure", "delivery_address", "privacy_consent"),
        must=was_accepted,
        is_starred=True,
    ),
    Place(
        "identity",
        "当事人身份证明",
        _("Proof of identity"),
        _kinds("identity_record"),
        frozenset({str(Exhibit.Kind.IDENTITY)}),
        must=was_accepted,
        hint=_("Scan the identity papers, or write down below how each side was checked."),
        is_starred=True,
    ),
    Place(
        "power",
        "授权委托书",
        _("Power of attorney"),
        _kinds("power_of_attorney"),
        hint=_("A side makes it on its own page of the case; an institution prints and seals it."),
    ),
    Place(
        "fact_finding",
        "调查记录",
        _("Record of fact-finding"),
        _kinds("fact_finding_record"),
        hint=_("Write it below."),
    ),
    Place("evidence", "证据材料", _("Evidence"), exhibits=frozenset(str(kind) for kind in EVIDENCE)),
    Place(
        "talks",
        "调解记录",
        _("Record of the mediation"),
        _kinds("transcript", "undisputed_facts", "extension_consent"),
        must=was_talked,
        hint=_("The transcript of a hearing, read back and confirmed."),
        is_starred=True,
    ),
    Place(
        "agreement",
        "调解协议书",
        _("Settlement agreement"),
        _kinds("agreement", "instalment_plan"),
        must=was_agreed,
        is_starred=True,
    ),
    Place(
        "performance",
        "履行凭证",
        _("Proof of performance"),
        _kinds("performance_record"),
        hint=_("Make the record of performance below."),
    ),
    Place("follow_up", "回访记录", _("Follow-up record"), _kinds("follow_up"), hint=_("Write it below.")),
    Place(
        "confirmation",
        "司法确认材料",
        _("Judicial confirmation"),
        _kinds("joint_application", "ruling", "objection", "enforcement_application"),
        must=lambda case: case.applied_at is not None,
    ),
    Place(
        "explanation",
        "情况说明、终止和移送材料",
        _("Notes, end and transfer"),
        _kinds(
            "explanation", "failure_notice", "transfer_letter", "interruption_proof", "delivery_proof",
            "credit_objection", "credit_statement",
        ),
        must=was_ended,
        hint=_("The notice of the end is made by itself; complete it on the page of the case."),
    ),
)  # fmt: skip
BACK = Place(
    "back", "封底（备考表）", _("Back of the file"), is_starred=True, hint=_("Printed with the file.")
)


@dataclass(frozen=True, slots=True)
class Item:
    """One paper or file in its place."""

    exhibit: Exhibit
    kind: str
    day: date

    @property
    def is_paper(self) -> bool:
        """Printed by this site."""
        return bool(self.kind)


@dataclass(frozen=True, slots=True)
class Filled:
    """One place with what stands in it."""

    place: Place
    items: tuple[Item, ...]
    is_needed: bool

    @property
    def is_missing(self) -> bool:
        """Needed (必须) and empty."""
        return self.is_needed and not self.items


@dataclass(frozen=True, slots=True)
class File:
    """The whole file: every place, what is kept apart because it is private, and what has no place."""

    places: tuple[Filled, ...]
    apart: tuple[Exhibit, ...]

    @property
    def missing(self) -> list[Filled]:
        """Places that should not be empty."""
        return [one for one in self.places if one.is_missing]

    @property
    def count(self) -> int:
        """How many papers and files."""
        return sum(len(one.items) for one in self.places)


def kind_of(exhibit: Exhibit) -> str:
    """Which kind of document this site printed; "" for what was handed in."""
    captured = provenance_of(exhibit.deposit)
    made_with = captured.made_with if captured else ""
    return made_with.removeprefix(PRINTED_BY) if made_with.startswith(PRINTED_BY) else ""


def file_of(case: Case) -> File:
    """Everything of a case in its place. Private papers stay apart; drafts that were replaced are out."""
    seen = list(case.exhibits.filter(withdrawn_at__isnull=True).select_related("deposit"))
    apart = tuple(one for one in seen if one.is_private)
    live = _standing_agreements(case)
    items = [_item(one) for one in seen if not one.is_private]
    items = [one for one in items if one.kind != "agreement" or one.exhibit.pk in live]
    proofs = set(_proofs(case))
    places = tuple(
        Filled(place, tuple(_standing_in(place, items, proofs)), place.must(case)) for place in PLACES
    )
    return File(places, apart)


def _standing_in(place: Place, items: Sequence[Item], proofs: set[int]) -> list[Item]:
    found = []
    for item in items:
        is_proof = item.exhibit.pk in proofs
        if item.kind:
            stands = item.kind in place.papers
        elif is_proof:
            stands = place.key == "performance"
        else:
            stands = item.exhibit.kind in place.exhibits
        if not item.kind and item.exhibit.kind == Exhibit.Kind.DOCUMENT and not is_proof:
            stands = place.key == ("confirmation" if item.exhibit.by_role == Role.COURT else "explanation")
        if stands:
            found.append(item)
    return found


def _proofs(case: Case) -> list[int]:
    """What was handed in to show a payment."""
    shown = case.instalments.filter(payments__proof__isnull=False)
    return list(shown.values_list("payments__proof", flat=True))


def _standing_agreements(case: Case) -> set[int]:
    """The paper that stands for each agreement: signed where it was signed; not those set aside or drawn up anew."""
    live = case.agreements.filter(set_aside_at__isnull=True)
    return {one.final_id or one.draft_id for one in live}


def _item(exhibit: Exhibit) -> Item:
    return Item(exhibit, kind_of(exhibit), timezone.localdate(exhibit.at))
