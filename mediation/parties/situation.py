"""One case as one side sees it: what is on the table, and what this side has already said to it."""

from functools import cached_property

from django.utils import timezone

from cases.models import (
    Case,
    Clock,
    Disclosure,
    DisclosureReply,
    Extension,
    MediatorChoice,
    Party,
    Pause,
    User,
)
from cases.roles import Role, Side
from cases.rules import limits
from cases.services.pauses import open_request
from cases.services.reckoning import is_stopped
from cases.services.steps import rule_behind
from cases.workflow import Stage
from mediation.agreements.models import Agreement, Proposal, Response
from mediation.agreements.services import effective, standing, unsigned_roles
from mediation.bids.models import Round, Seat
from mediation.court.models import JointApplication, Ruling
from mediation.hearings.models import FactSheet, Hearing
from mediation.hearings.showing import asks_for_answer
from mediation.performance.freezing import Freeze, freezes
from mediation.performance.models import Enforcement, Instalment
from mediation.performance.services import GRACE_DAYS


class Situation:
    """Reads each thing once. `case` must be visible to `person`, who is a party or acts for one."""

    def __init__(self, case: Case, person: User) -> None:
        party = case.party_of(person)
        if party is None:
            message = "only a party stands in a situation"
            raise ValueError(message)
        self.case, self.person, self.party = case, person, party
        self.stage, self.role, self.side = Stage(case.stage), Role(person.role), Side(party.side)
        self.today = timezone.localdate()

    @cached_property
    def other(self) -> Party | None:
        """The other side."""
        return next((one for one in self.case.parties.all() if one.pk != self.party.pk), None)

    @cached_property
    def clocks(self) -> dict[str, Clock]:
        """The clocks that run, by the key of their limit."""
        running = [clock for clock in self.case.clocks.all() if clock.state == Clock.State.RUNNING]
        return {clock.limit: clock for clock in running}

    @cached_property
    def pauses(self) -> list[Pause]:
        """Every pause of the case, the first one first."""
        return list(self.case.pauses.all())

    def is_paused(self, clock: Clock) -> bool:
        """Whether a pause that lasts stops this clock."""
        lasting = [pause.kind for pause in self.pauses if pause.until_on is None]
        return bool(lasting) and is_stopped(clock, self.case, lasting)

    @cached_property
    def profile(self) -> dict[str, limits.Limit]:
        """The time limits of this case's track, each in the version that holds for this case."""
        of_day = timezone.localdate(self.case.filed_at) if self.case.filed_at else self.today
        behind = {key: rule_behind(clock, self.case) for key, clock in self.clocks.items()}
        known = {key: limit for key, limit in behind.items() if limit is not None}
        return {**limits.load_profile(self.case.profile, of_day), **known}

    @cached_property
    def asked_to_add(self) -> str:
        """What the office asked the citizen to add, in its words."""
        asked = self.case.steps.filter(name="ask_supplement").last()
        return asked.note if asked and self.stage == Stage.SUPPLEMENT else ""

    @cached_property
    def is_answered(self) -> bool:
        """Whether the institution has answered every claim."""
        return not self.case.claims.filter(answer__isnull=True).exists()

    @cached_property
    def my_choice(self) -> MediatorChoice | None:
        """The mediator that this side named."""
        return self.case.choices.filter(party=self.party).select_related("mediator").first()

    @cached_property
    def disclosure(self) -> Disclosure | None:
        """What the present mediator disclosed."""
        if not self.case.mediator_id:
            return None
        return self.case.disclosures.filter(mediator=self.case.mediator).last()

    @cached_property
    def my_reply(self) -> DisclosureReply | None:
        """What this side said to the disclosure."""
        return self.disclosure.replies.filter(party=self.party).first() if self.disclosure else None

    @cached_property
    def extension(self) -> Extension | None:
        """The longer time that the mediator asks for and that is not decided yet."""
        return open_request(self.case)

    @property
    def agreed_to_extension(self) -> bool:
        """Whether this side has said yes to it."""
        asked = self.extension
        if asked is None:
            return False
        return bool(asked.claimant_agreed_at if self.side == Side.CLAIMANT else asked.respondent_agreed_at)

    @cached_property
    def hearings(self) -> list[Hearing]:
        """Every meeting of the talks, in order."""
        return list(self.case.hearings.select_related("transcript"))

    @cached_property
    def unread_transcripts(self) -> list[Hearing]:
        """Meetings whose minutes are written and wait for this side's word on them as they stand."""
        return [
            one for one in self.hearings if one.state == Hearing.State.ENDED and self._waits_for_word(one)
        ]

    def _waits_for_word(self, hearing: Hearing) -> bool:
        if not hearing.read_asked_digest or hearing.transcript_id:
            return False
        said = hearing.readbacks.filter(party=self.party).last()
        return said is None or said.digest != hearing.read_asked_digest

    @cached_property
    def transcripts_to_show(self) -> list[Hearing]:
        """Meetings whose minutes the other side lets the court read, while this side has not answered."""
        return [one for one in self.hearings if asks_for_answer(one, self.side)]

    @cached_property
    def unconfirmed_facts(self) -> FactSheet | None:
        """The newest version of the undisputed facts, unless this side has confirmed it."""
        sheet = self.case.fact_sheets.last()
        return None if sheet is None or sheet.confirmations.filter(party=self.party).exists() else sheet

    @cached_property
    def proposals(self) -> list[Proposal]:
        """Every version of the terms, newest first."""
        return list(
            self.case.proposals.order_by("-version")
            .select_related("by")
            .prefetch_related("terms", "responses")
        )

    @property
    def proposal(self) -> Proposal | None:
        """The newest version."""
        return self.proposals[0] if self.proposals else None

    @property
    def is_proposal_open(self) -> bool:
        """Whether the newest version waits for an answer."""
        newest = self.proposal
        return bool(newest and newest.state == Proposal.State.OPEN and self.stage == Stage.MEDIATION)

    def response_of(self, party: Party | None) -> Response | None:
        """What a side said to the newest version."""
        if self.proposal is None or party is None:
            return None
        return next((one for one in self.proposal.responses.all() if one.party_id == party.pk), None)

    @property
    def my_response(self) -> Response | None:
        """What this side said to the newest version."""
        return self.response_of(self.party)

    @cached_property
    def last_bid_round(self) -> Round | None:
        """The newest round of sealed figures, going on or over."""
        return self.case.bid_rounds.last()

    @property
    def bid_round(self) -> Round | None:
        """The round in which something can still be done."""
        newest = self.last_bid_round
        return newest if newest and newest.is_live and newest.closes_at > timezone.now() else None

    @cached_property
    def bid_seat(self) -> Seat | None:
        """The place of this side in the round that is going on."""
        return self.bid_round.seats.filter(side=self.side).first() if self.bid_round else None

    @cached_property
    def agreement(self) -> Agreement | None:
        """The agreement drawn up for signing, or in force."""
        return next(iter(standing(self.case)), None)

    @cached_property
    def unsigned(self) -> list[Role]:
        """Whose signature is missing."""
        return unsigned_roles(self.agreement) if self.agreement else []

    @cached_property
    def in_force(self) -> Agreement | None:
        """The agreement in force."""
        return effective(self.case)

    @cached_property
    def application(self) -> JointApplication | None:
        """The newest application to the court."""
        return self.case.applications.select_related("court", "agreement", "paper").first()

    @cached_property
    def has_consented(self) -> bool:
        """Whether this side signed the joint application."""
        return bool(self.application and self.application.consents.filter(party=self.party).exists())

    @cached_property
    def ruling(self) -> Ruling | None:
        """What the court ruled last."""
        rulings = Ruling.objects.filter(application__case=self.case).select_related(
            "application__court", "paper"
        )
        return rulings.prefetch_related("objections").order_by("-issued_at").first()

    @cached_property
    def instalments(self) -> list[Instalment]:
        """Everything that is owed, by day."""
        owed = self.case.instalments.select_related("term").prefetch_related("payments__proof")
        return list(owed)

    @property
    def others_late(self) -> list[Instalment]:
        """What the other side owes beyond the days of grace, and was not claimed (see performance.declare_default)."""
        return [one for one in self._late if one.payer != self.side]

    @property
    def _late(self) -> list[Instalment]:
        ended = {Instalment.State.PAID, Instalment.State.DEFAULT}
        late = (one for one in self.instalments if one.state not in ended)
        return [one for one in late if (self.today - one.due_on).days > GRACE_DAYS]

    @cached_property
    def freezes(self) -> list[Freeze]:
        """What stops either side from stating a default now."""
        late = self._late
        return freezes(self.case, late, on=self.today) if late else []

    @cached_property
    def enforcement(self) -> Enforcement | None:
        """The application for enforcement that this side made."""
        return self.case.enforcements.filter(by_side=self.side).select_related("paper").first()

    @property
    def lacks_identity(self) -> bool:
        """Whether an agreement could not name this citizen yet (民诉法解释 Art 354)."""
        return self.role == Role.CITIZEN and not (self.party.id_number and self.party.address)
