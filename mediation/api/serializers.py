"""What the interface shows of a case and of an application. Phones, numbers of identity cards and files stay out."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases.models import Case, Clock, Party, User
from cases.roles import Role
from cases.rules import limits
from cases.services.reckoning import reckon, rule_behind
from evidence.models import Entry
from mediation.court.models import JointApplication, Ruling
from mediation.seals import waiting_acts
from mediation.templatetags.house import mask_name

SEE_NAMES = {Role.OFFICER, Role.MEDIATOR, Role.COURT}


class PartySerializer(serializers.ModelSerializer[Party]):
    """One side. The name of a natural person is whole only for that person, the office and the court."""

    name = serializers.SerializerMethodField()
    is_institution = serializers.SerializerMethodField()

    class Meta:
        model = Party
        fields = ["side", "name", "is_institution"]

    def get_name(self, party: Party) -> str:
        """The name, or the family name alone."""
        person: User = self.context["request"].user
        own = party.person_id is not None and party.person_id == person.pk
        whole = own or party.institution_id is not None or person.role in SEE_NAMES
        return party.name if whole else mask_name(party.name)

    def get_is_institution(self, party: Party) -> bool:
        """Whether this side is an institution on our list."""
        return party.institution_id is not None


class ClockSerializer(serializers.ModelSerializer[Clock]):
    """A time limit, with what it is counted from and how far its source was checked."""

    name = serializers.SerializerMethodField()
    article = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField(
        help_text="T full text, P published page, M not yet checked, H house rule"
    )
    explanation = serializers.SerializerMethodField()

    class Meta:
        model = Clock
        fields = [
            "limit",
            "name",
            "state",
            "started_on",
            "due_on",
            "overdue_on",
            "days_extended",
            "provisional",
            "article",
            "status",
            "explanation",
        ]

    def _limit(self, clock: Clock) -> limits.Limit | None:
        return rule_behind(clock)

    def get_name(self, clock: Clock) -> str:
        """What the limit is called."""
        limit = self._limit(clock)
        return str(limit.name) if limit else clock.limit

    def get_article(self, clock: Clock) -> str:
        """The article behind the limit."""
        limit = self._limit(clock)
        return limit.article if limit else ""

    def get_status(self, clock: Clock) -> str:
        """How far the source was checked."""
        limit = self._limit(clock)
        return str(limit.status) if limit else ""

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_explanation(self, clock: Clock) -> list[str]:
        """How the day was counted, line by line; the whole of it is under `clocks/`."""
        counted = reckon(clock)
        return [str(line) for line in counted.lines] if counted else []


class CaseSerializer(serializers.ModelSerializer[Case]):
    """A case in a list."""

    stage_label = serializers.CharField(source="get_stage_display", read_only=True)
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    parties = PartySerializer(many=True, read_only=True)
    is_paused = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = [
            "docket",
            "stage",
            "stage_label",
            "kind",
            "kind_label",
            "amount_fen",
            "filed_at",
            "accepted_at",
            "due_on",
            "is_paused",
            "parties",
        ]
        extra_kwargs = {
            "docket": {"required": True, "allow_null": False},
            "stage": {"help_text": "where it stands"},
        }

    def get_is_paused(self, case: Case) -> bool:
        """Whether the days do not count at present."""
        return case.paused_at is not None


class CaseDetailSerializer(CaseSerializer):
    """One case with its clocks."""

    clocks = ClockSerializer(many=True, read_only=True)

    class Meta(CaseSerializer.Meta):
        fields = [*CaseSerializer.Meta.fields, "clocks"]


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """One entry of the chain: the envelope as it was hashed. Its content stays sealed."""

    envelope = serializers.CharField(
        help_text="the exact text that is hashed; JSON in its one canonical form"
    )
    index = serializers.IntegerField(
        source="leaf_index",
        allow_null=True,
        help_text="its place in the log of all cases; null: not there yet",
    )
    is_covered = serializers.BooleanField(
        help_text="whether a published checkpoint covers it; if not: 待固化"
    )

    class Meta:
        model = Entry
        fields = ["seq", "hash", "envelope", "index", "is_covered"]


class RulingSerializer(serializers.ModelSerializer[Ruling]):
    """A ruling with its windows for objections (民诉法解释 Art 372)."""

    judge = serializers.CharField(source="judge.__str__", read_only=True)

    class Meta:
        model = Ruling
        fields = [
            "number",
            "kind",
            "judge",
            "clerk",
            "findings",
            "reasons",
            "issued_at",
            "objection_until",
            "third_party_until",
        ]


class ApplicationSerializer(serializers.ModelSerializer[JointApplication]):
    """A joint application as it lies with the court."""

    docket = serializers.CharField(source="case.docket", read_only=True)
    agreement = serializers.CharField(source="agreement.number", read_only=True)
    court = serializers.CharField(source="court.name", read_only=True)
    parties = PartySerializer(source="case.parties", many=True, read_only=True)
    clocks = serializers.SerializerMethodField()
    ruling = RulingSerializer(read_only=True, allow_null=True)

    class Meta:
        model = JointApplication
        fields = [
            "id",
            "state",
            "number",
            "docket",
            "agreement",
            "court",
            "sent_at",
            "accepted_at",
            "asked_for",
            "supplied",
            "packet_sha256",
            "packet_bytes",
            "packet_fingerprint",
            "parties",
            "clocks",
            "ruling",
        ]

    @extend_schema_field(ClockSerializer(many=True))
    def get_clocks(self, application: JointApplication) -> Any:
        """The clocks of the court that run."""
        running = [
            clock
            for clock in application.case.clocks.all()
            if clock.limit in {"court_acceptance", "court_decision"} and clock.state == Clock.State.RUNNING
        ]
        return ClockSerializer(running, many=True, context=self.context).data


class ApplicationDetailSerializer(ApplicationSerializer):
    """The same, and whether every act with legal effect in the case is sealed (固化)."""

    sealed = serializers.SerializerMethodField()

    class Meta(ApplicationSerializer.Meta):
        fields = [*ApplicationSerializer.Meta.fields, "sealed"]

    def get_sealed(self, application: JointApplication) -> bool:
        """No act with legal effect waits for a checkpoint that the witnesses accept."""
        return not waiting_acts(application.case)


__all__ = [
    "ApplicationDetailSerializer",
    "ApplicationSerializer",
    "CaseDetailSerializer",
    "CaseSerializer",
    "ClockSerializer",
    "EntrySerializer",
    "PartySerializer",
    "RulingSerializer",
]
