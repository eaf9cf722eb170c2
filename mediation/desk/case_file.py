"""One case as the desk sees it: gathered once for the page, in the order people read it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.admissibility import objections_to
from cases.models import Case, Disclosure, Exhibit, Pause, User
from cases.roles import Role
from cases.services.exhibits import exhibits_for
from cases.workflow import Stage
from evidence.log.coverage import Coverage, coverage_of
from evidence.models import Entry
from mediation.agreements.models import Agreement, Proposal
from mediation.agreements.services import SIGNERS, standing
from mediation.court.models import JointApplication
from mediation.delivered import LadderShown, ladders_of
from mediation.desk.clocks import Counted, count_out, pressing, ticking
from mediation.desk.queue_rows import hearing_url, stage_states
from mediation.desk.standing import Situation, situation_of, with_standing
from mediation.desk.tasks import tasks_of
from mediation.desk.words import event_in_words, kind_of, people
from mediation.documents.kinds import KINDS
from mediation.dossier.places import file_of
from mediation.hearings.models import FactSheet, Hearing
from mediation.papers.models import Paper
from mediation.performance.services import balance
from mediation.suggestions.content import Audit, audit_of
from mediation.templatetags.house import when

NEWEST = 8


@dataclass(frozen=True, slots=True)
class StageShown:
    """One stage of the bar: its name, when it was, and whether it is done, now or to come."""

    label: str
    note: str
    state: str


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the chain in words."""

    seq: int
    at: Any
    words: str
    who: str
    kind: str
    hash: str
    broken: bool = False


class CaseFile:
    """The case with all that its page shows. Reads only; each part is read when it is first asked for."""

    def __init__(self, case: Case, person: User) -> None:
        self.case, self.person = case, person
        self.today: date = timezone.localdate()

    @cached_property
    def row(self) -> Any:
        """The annotated row that says whose move it is."""
        return with_standing(Case.objects.filter(pk=self.case.pk)).get()

    @cached_property
    def next(self) -> tuple[Situation, frozenset[str]]:
        """What comes next, and for which roles."""
        return situation_of(self.row)

    @property
    def situation(self) -> Situation:
        """What comes next."""
        return self.next[0]

    @property
    def is_mine(self) -> bool:
        """Whether the reader must act."""
        return self.person.role in self.next[1]

    @property
    def who(self) -> str:
        """Who must act, in a word."""
        return people(self.next[1])

    @cached_property
    def objections(self) -> list[str | Promise]:
        """What stands against acceptance; asked only while that is open."""
        return objections_to(self.case) if self.case.stage == Stage.ACCEPTANCE else []

    @cached_property
    def pauses(self) -> list[Pause]:
        return list(self.case.pauses.select_related("by"))

    @cached_property
    def clocks(self) -> list[Counted]:
        """The running clocks with their whole count, the one to watch first."""
        running = [clock for clock in self.case.clocks.all() if clock.state == "running"]
        lasting = next((pause.kind for pause in self.pauses if pause.until_on is None), None)
        all_here = ticking(running, self.case, lasting)
        first = pressing(all_here, self.today)
        ordered = sorted(all_here, key=lambda one: (one is not first, one.is_paused, one.clock.due_on))
        counted = [count_out(one, self.case, self.pauses, self.today) for one in ordered]
        return [one for one in counted if one]

    @cached_property
    def stages(self) -> list[StageShown]:
        """The stage bar with dates."""
        entered = {
            Stage(step.target): step.at for step in self.case.steps.all() if step.source != step.target
        }
        if self.case.filed_at:
            entered.setdefault(Stage.ACCEPTANCE, self.case.filed_at)
        stage = self.case.stage
        if stage == Stage.CLOSED:
            last = self.case.steps.last()
            stage = last.source if last else Stage.ACCEPTANCE
        states = stage_states(stage)
        shown = []
        for at, (one, state) in enumerate(states):
            begun = entered.get(one)
            ended = next((entered[later] for later, _s in states[at + 1 :] if later in entered), None)
            shown.append(StageShown(str(one.label), _span(begun, ended, state), self._state(state)))
        return shown

    def _state(self, state: str) -> str:
        fulfilled = self.case.stage == Stage.CLOSED and self.case.ending == "agreement"
        if self.case.stage == Stage.CLOSED and state == "now":
            return "done" if fulfilled else "todo"
        return state

    @cached_property
    def claims(self) -> list[Any]:
        """The claims, each with its answer or None."""
        claims = list(self.case.claims.select_related("answer").order_by("number"))
        return [(claim, getattr(claim, "answer", None)) for claim in claims]

    @cached_property
    def audit(self) -> Audit:
        return audit_of(self.case)

    @cached_property
    def exhibits(self) -> list[Exhibit]:
        return exhibits_for(self.case, self.person, Role(self.person.role))

    @cached_property
    def disclosure(self) -> Disclosure | None:
        """The disclosure of the present mediator, with the replies."""
        if self.case.mediator_id is None:
            return None
        made = self.case.disclosures.filter(mediator=self.case.mediator)
        return made.prefetch_related("replies__party").last()

    @cached_property
    def extension(self) -> Any:
        """The newest request for more time."""
        return self.case.extensions.first()

    @cached_property
    def hearings(self) -> list[tuple[Hearing, str]]:
        """Each sitting with the address of its room."""
        return [(one, hearing_url(one.pk)) for one in self.case.hearings.order_by("-number")]

    @cached_property
    def facts(self) -> FactSheet | None:
        return self.case.fact_sheets.last()

    @cached_property
    def facts_replies(self) -> list[tuple[str, Any]]:
        """For each side, when it confirmed the newest facts, or None."""
        if self.facts is None:
            return []
        given = {one.party_id: one.at for one in self.facts.confirmations.all()}
        return [(party.get_side_display(), given.get(party.pk)) for party in self.parties]

    @cached_property
    def parties(self) -> list[Any]:
        return list(self.case.parties.all())

    @cached_property
    def proposals(self) -> list[Proposal]:
        """Every version, oldest first."""
        found = self.case.proposals.select_related("by").prefetch_related("terms", "responses__party")
        return list(found)

    @cached_property
    def agreement(self) -> Agreement | None:
        return next(iter(standing(self.case)), None)

    @cached_property
    def signatures(self) -> list[dict[str, Any]]:
        """The three places to sign."""
        if self.agreement is None:
            return []
        given = {one.role: one for one in self.agreement.signatures.select_related("person")}
        names = {
            Role.CITIZEN: self.case.claimant.name if self.case.claimant else "",
            Role.INSTITUTION: self.case.respondent.name if self.case.respondent else "",
            Role.MEDIATOR: str(self.case.mediator),
        }
        return [
            {"role": people({role}), "name": names[role], "at": given[role].at if role in given else None}
            for role in SIGNERS
        ]

    @cached_property
    def application(self) -> JointApplication | None:
        return self.case.applications.select_related("court", "ruling__paper").first()

    @cached_property
    def ruling(self) -> Any:
        return getattr(self.application, "ruling", None) if self.application else None

    @cached_property
    def instalments(self) -> list[Any]:
        return list(self.case.instalments.select_related("term").prefetch_related("payments__by"))

    @cached_property
    def balance(self) -> dict[str, int]:
        return balance(self.case)

    @cached_property
    def owed_papers(self) -> list[dict[str, Any]]:
        """Papers that are still being made, or cannot be; the others stand among the exhibits."""
        owed = self.case.papers.exclude(state=Paper.State.DONE)
        return [
            {
                "pk": one.pk,
                "title": KINDS[one.kind].title if one.kind in KINDS else one.kind,
                "state": one.state,
                "get_state_display": one.get_state_display(),
                "problem": one.problem,
            }
            for one in owed
        ]

    @cached_property
    def missing_papers(self) -> list[str]:
        """The places of the case file (卷宗) that should not be empty."""
        return [str(one.place.label) for one in file_of(self.case).missing]

    @cached_property
    def ladders(self) -> list[LadderShown]:
        """Each notice of legal effect to either side, newest first."""
        return ladders_of(self.case)

    @cached_property
    def newest(self) -> list[Told]:
        """The newest entries of the chain, newest first."""
        entries = Entry.objects.filter(chain=self.case.chain).exclude(event="deposit.take_in")
        return [told(entry) for entry in entries.defer("body", "envelope").order_by("-seq")[:NEWEST]]

    @cached_property
    def chain_length(self) -> int:
        return Entry.objects.filter(chain=self.case.chain).count()

    @cached_property
    def coverage(self) -> Coverage:
        """How much of the record the log and its witnesses stand for."""
        return coverage_of(self.case.chain)

    @cached_property
    def tasks(self) -> list[tuple[bool, str]]:
        """What belongs to the present stage, done or not yet."""
        return [(done, str(words)) for done, words in tasks_of(self)]


def told(entry: Entry) -> Told:
    """An entry in words, without opening its body."""
    return Told(
        entry.seq,
        entry.at,
        event_in_words(entry.event, entry.role),
        people({entry.role}),
        kind_of(entry.event),
        entry.hash,
    )


def _span(begun: Any, ended: Any, state: str) -> str:
    if begun is None:
        return ""
    first = timezone.localdate(begun)
    if state == "now" or ended is None:
        return _("since %(day)s") % {"day": when(first)}
    last = timezone.localdate(ended)
    return (
        when(first)
        if first == last
        else _("%(first)s to %(last)s") % {"first": when(first), "last": when(last)}
    )
