"""What the interface takes in, and the figures that its calculators give back. Money is whole fen."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from cases.analysis import Provenance
from cases.analysis.telling import LONGEST_STORY
from cases.claims import ClaimKind, Remedy
from cases.models import Answer
from cases.money import MAX_YUAN
from cases.roles import Side
from cases.rules import limits
from cases.rules.caps import Licence
from cases.similarity.search import Only
from mediation.agreements.drafts import TermDraft
from mediation.agreements.models import Term
from mediation.court.models import Ruling
from mediation.court.services import CHECKS, DISMISSAL_GROUNDS

MOST_FEN = MAX_YUAN * 100


class NoteSerializer(serializers.Serializer[Any]):
    """A note beside a decision."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class AcceptSerializer(NoteSerializer):
    """How the case came here, which decides the limits that count, and since when the court's papers are there."""

    track = serializers.ChoiceField(choices=limits.TRACKS, default="self_accepted")
    signed_on = serializers.DateField(
        required=False, default=None, help_text="only where a court sent the case; without it today"
    )


class SupplementSerializer(serializers.Serializer[Any]):
    """What the citizen should add, all at once (在线诉讼规则 Art 9(2))."""

    items = serializers.CharField(max_length=2000)


class DeclineSerializer(serializers.Serializer[Any]):
    """Why a dispute is not taken on, and where to go instead (在线调解规则 Art 9)."""

    reason = serializers.CharField(max_length=2000)
    go_where = serializers.CharField(max_length=2000)


class ReplySerializer(serializers.Serializer[Any]):
    """The answer to one claim; `amount_fen` is what is admitted, where it is money."""

    claim = serializers.IntegerField(min_value=1, help_text="the number of the claim")
    position = serializers.ChoiceField(choices=Answer.Position.choices)
    words = serializers.CharField(max_length=4000)
    amount_fen = serializers.IntegerField(min_value=0, max_value=MOST_FEN, required=False, allow_null=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """The institution's answer: every claim of the case in one request."""

    replies = ReplySerializer(many=True, allow_empty=False)

    def validate_replies(self, replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each claim is answered once."""
        numbers = [reply["claim"] for reply in replies]
        if len(numbers) != len(set(numbers)):
            raise serializers.ValidationError(_("A claim is answered twice. Please answer each one once."))
        return replies


class AccountSerializer(serializers.Serializer[Any]):
    """Where the money goes."""

    holder = serializers.CharField(max_length=100)
    bank = serializers.CharField(max_length=100)
    number = serializers.CharField(max_length=40)


class TermSerializer(serializers.Serializer[Any]):
    """One term: who does what by when (民诉法解释 Art 461)."""

    kind = serializers.ChoiceField(choices=Term.Kind.choices)
    payer = serializers.ChoiceField(choices=Side.choices, help_text="the side that acts")
    due_on = serializers.DateField()
    amount_fen = serializers.IntegerField(min_value=1, max_value=MOST_FEN, required=False, allow_null=True)
    parts = serializers.IntegerField(min_value=1, max_value=120, default=1)
    account = AccountSerializer(required=False)
    allocation = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    words = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ProposalSerializer(serializers.Serializer[Any]):
    """A new version of the terms. It replaces the open one; nobody has accepted it yet."""

    terms = TermSerializer(many=True, allow_empty=False)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    waiver = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    costs = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    overdue = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    credit = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")

    def drafts(self) -> list[TermDraft]:
        """The terms as the service takes them: an account belongs to a payment, its number has no spaces."""
        return [TermDraft(**{**term, "account": _account(term)}) for term in self.validated_data["terms"]]


def _account(term: dict[str, Any]) -> dict[str, str]:
    told = dict(term.get("account", {})) if term["kind"] == Term.Kind.PAY else {}
    return {**told, "number": "".join(told["number"].split())} if told else {}


class OfferedSerializer(serializers.Serializer[Any]):
    """The version that now lies before both sides."""

    version = serializers.IntegerField()
    state = serializers.CharField()
    advice = serializers.ListField(
        child=serializers.CharField(),
        help_text="what a court would rather see otherwise; nothing that had to be mended (民诉法解释 Art 461)",
    )


class AskSerializer(serializers.Serializer[Any]):
    """What the court wants to see (民诉法解释 Art 354)."""

    what = serializers.CharField(max_length=2000)


class RulingRequestSerializer(serializers.Serializer[Any]):
    """The ruling. Confirming needs all five checks; dismissing needs a ground (民诉法解释 Art 358)."""

    kind = serializers.ChoiceField(choices=Ruling.Kind.choices)
    findings = serializers.CharField(max_length=6000)
    reasons = serializers.CharField(max_length=6000)
    clerk = serializers.CharField(max_length=40)
    ground = serializers.ChoiceField(
        choices=list(DISMISSAL_GROUNDS.items()), required=False, allow_blank=True, default=""
    )
    checks = serializers.MultipleChoiceField(choices=list(CHECKS.items()), required=False, default=set)


class FindingSerializer(serializers.Serializer[Any]):
    """What the check of the packet found; it shows that bytes agree, not that anything is true."""

    verdict = serializers.ChoiceField(choices=["holds", "differs", "unclear"])
    item = serializers.CharField(help_text="the first thing that does not match")
    why = serializers.CharField()
    checked_at = serializers.CharField()
    fingerprint = serializers.CharField(help_text="of the packet")
    policy = serializers.CharField(
        help_text="fingerprint of the policy of this site, under which it was checked"
    )
    case = serializers.CharField(help_text="the tag that the open entries bear")
    checkpoint_size = serializers.IntegerField()
    witnesses = serializers.ListField(child=serializers.CharField())
    head = serializers.CharField()
    entries = serializers.IntegerField()
    files = serializers.IntegerField()
    files_that_match = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())


class StorySerializer(serializers.Serializer[Any]):
    """A story to be read. `today`: the day from which 去年 counts."""

    story = serializers.CharField(max_length=LONGEST_STORY, trim_whitespace=False)
    today = serializers.DateField(required=False)
    provenance = serializers.ChoiceField(choices=[kind.value for kind in Provenance], default="typed")


class StoryClaimSerializer(serializers.Serializer[Any]):
    """One thing read out of a story: a guess until a person says so."""

    kind = serializers.CharField(
        help_text="cause, amount, date, rate, lender, product, remedy, months, denial"
    )
    value = serializers.JSONField(help_text="an amount in fen, a rate as its yearly fraction")
    role = serializers.CharField(allow_blank=True)
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    words = serializers.CharField(allow_blank=True)
    confidence = serializers.FloatField()
    ask = serializers.BooleanField(help_text="not sure: ask the person")
    about = serializers.BooleanField(help_text="said roughly")
    loan = serializers.IntegerField(help_text="which of several loans; 0 where there is one")
    provenance = serializers.CharField()
    reason = serializers.CharField(
        required=False, help_text="投诉原因 after JR/T 0169—2018, by name, unverified"
    )


class StoryReadSerializer(serializers.Serializer[Any]):
    """What a story says."""

    about_money = serializers.BooleanField()
    message = serializers.CharField(allow_blank=True)
    loans = serializers.IntegerField()
    claims = StoryClaimSerializer(many=True)
    covered = serializers.BooleanField(help_text="numbers of persons were covered")


class SearchSerializer(serializers.Serializer[Any]):
    """What to look for among settled cases."""

    q = serializers.CharField(max_length=2000, help_text="the story, or words of it")
    kind = serializers.ChoiceField(choices=ClaimKind.choices, required=False)
    claim_fen = serializers.IntegerField(min_value=1, max_value=MOST_FEN, required=False)
    only_kind = serializers.MultipleChoiceField(choices=ClaimKind.choices, required=False)
    only_product = serializers.CharField(
        max_length=60, required=False, help_text="part of the product's name"
    )
    only_licence = serializers.MultipleChoiceField(choices=Licence.choices, required=False)
    only_remedy = serializers.MultipleChoiceField(choices=Remedy.choices, required=False)
    least_fen = serializers.IntegerField(min_value=0, max_value=MOST_FEN, required=False)
    most_fen = serializers.IntegerField(min_value=0, max_value=MOST_FEN, required=False)
    since_year = serializers.IntegerField(min_value=2000, max_value=2100, required=False)
    until_year = serializers.IntegerField(min_value=2000, max_value=2100, required=False)
    n = serializers.IntegerField(min_value=1, max_value=30, default=10)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ends of a range may not be crossed."""
        for low, high in (("least_fen", "most_fen"), ("since_year", "until_year")):
            if low in attrs and high in attrs and attrs[low] > attrs[high]:
                raise serializers.ValidationError(
                    {high: _("This is below the lower end. Please change one of the two.")}
                )
        return attrs

    def only(self) -> Only:
        """The filters as the search takes them."""
        told = self.validated_data
        return Only.asked(
            causes=frozenset(told.get("only_kind", ())),
            product=told.get("only_product", ""),
            licences=frozenset(told.get("only_licence", ())),
            remedies=frozenset(told.get("only_remedy", ())),
            least_fen=told.get("least_fen"),
            most_fen=told.get("most_fen"),
            since=told.get("since_year"),
            until=told.get("until_year"),
        )


class LongSearchSerializer(SearchSerializer):
    """What to look for among settled cases, with a whole story."""

    q = serializers.CharField(max_length=LONGEST_STORY, help_text="the story")


class PassageSerializer(serializers.Serializer[Any]):
    """A bit of a passage, and whether the story that was asked with says it too."""

    text = serializers.CharField()
    shared = serializers.BooleanField()


class HitSerializer(serializers.Serializer[Any]):
    """A settled case, how near it is (0 to 1) and why."""

    key = serializers.CharField()
    score = serializers.FloatField()
    kind = serializers.CharField()
    story = serializers.CharField()
    claim_fen = serializers.IntegerField(allow_null=True)
    settled_fen = serializers.IntegerField(allow_null=True)
    instalments = serializers.IntegerField()
    terms = serializers.ListField(child=serializers.CharField())
    same = serializers.ListField(child=serializers.CharField())
    different = serializers.ListField(child=serializers.CharField())
    is_sample = serializers.BooleanField(help_text="invented, for trying things out")
    licence = serializers.CharField(allow_blank=True)
    product = serializers.CharField(allow_blank=True)
    remedies = serializers.ListField(child=serializers.CharField())
    closed_on = serializers.DateField(allow_null=True)
    passages = serializers.ListField(
        child=serializers.ListField(child=PassageSerializer()), help_text="the stretches that say the same"
    )


class AskedSerializer(serializers.Serializer[Any]):
    """The facts that the search went by: as given, else as the story tells. Guesses; what nobody knows is left out."""

    cause = serializers.CharField(required=False)
    claim_fen = serializers.IntegerField(required=False)
    principal_fen = serializers.IntegerField(required=False)
    annual_rate = serializers.CharField(required=False, help_text="a yearly fraction, 0.24 = 24 %")
    remedies = serializers.ListField(child=serializers.CharField(), required=False)


class FoundSerializer(serializers.Serializer[Any]):
    """The nearest cases. `enough` is false where too few are comparable to say anything together."""

    asked = AskedSerializer()
    enough = serializers.BooleanField()
    hits = HitSerializer(many=True)


class PaymentSerializer(serializers.Serializer[Any]):
    """One payment, so many whole months after the loan was paid out, every fee included."""

    month = serializers.IntegerField(min_value=1, max_value=600)
    fen = serializers.IntegerField(min_value=1, max_value=10**12)


class LoanSerializer(serializers.Serializer[Any]):
    """A loan: what reached the borrower, and all that is paid for it."""

    received_fen = serializers.IntegerField(min_value=1, max_value=10**12)
    payments = serializers.ListField(child=PaymentSerializer(), allow_empty=False, max_length=600)
    licence = serializers.ChoiceField(choices=Licence.choices, required=False)
    contract_on = serializers.DateField(required=False)


class CapSerializer(serializers.Serializer[Any]):
    """A cap that applies to this lender on the day of the contract, and what lies above it."""

    rate = serializers.DecimalField(max_digits=8, decimal_places=6)
    document = serializers.CharField()
    strength = serializers.CharField(help_text="law, rule, policy or reported")
    status = serializers.CharField()
    covers = serializers.CharField()
    over_simple_fen = serializers.IntegerField(help_text="paid beyond the cap, read as monthly rate × 12")
    over_compound_fen = serializers.IntegerField(
        help_text="paid beyond the cap, read with interest on interest"
    )


class LoanCostSerializer(serializers.Serializer[Any]):
    """What the loan costs a year, computed both ways; rates are fractions: 0.24 is 24 % a year."""

    monthly = serializers.FloatField()
    simple_annual = serializers.FloatField()
    compound_annual = serializers.FloatField()
    received_fen = serializers.IntegerField()
    total_paid_fen = serializers.IntegerField()
    cost_fen = serializers.IntegerField()
    basis = serializers.CharField()
    caps = CapSerializer(many=True)


class ProblemSerializer(serializers.Serializer[Any]):
    """A “no” (RFC 9457), with every message at once."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    messages = serializers.ListField(child=serializers.CharField())
    errors = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="messages by field, for a request that cannot be read"
    )
