"""方案建议 and the library behind it: a suggestion for a mediator's own case, and settled cases brought in."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.money import MAX_YUAN
from cases.roles import Role
from cases.services import precedents, releasing
from mediation.api.base import Door, may_fail, person_of
from mediation.api.views import seen_by
from mediation.suggestions import services as suggestions
from mediation.suggestions.models import Suggestion

MOST_ROWS = 500


class SourceSerializer(serializers.Serializer[Any]):
    """A settled case behind a suggestion, with what is the same and what differs."""

    key = serializers.CharField()
    score = serializers.FloatField()
    reasons = serializers.ListField(child=serializers.CharField())
    differences = serializers.ListField(child=serializers.CharField())
    settled_fen = serializers.IntegerField(allow_null=True)
    claim_fen = serializers.IntegerField(allow_null=True)
    cited = serializers.BooleanField()
    is_sample = serializers.BooleanField()


class LegalBaseSerializer(serializers.Serializer[Any]):
    """What the law alone would give, and the most that may be named."""

    fen = serializers.IntegerField(required=False)
    kind = serializers.CharField(required=False)
    most_fen = serializers.IntegerField(required=False, help_text="no end of the range goes beyond it")
    rate_millionths = serializers.IntegerField(required=False, help_text="the cap that was gone by")
    source = serializers.CharField(required=False)  # type: ignore[assignment]
    status = serializers.CharField(required=False)


class RemedyRangeSerializer(serializers.Serializer[Any]):
    """What like cases with one remedy came to: fen, or months where `in_months`; `n` of `of` like cases had it."""

    remedy = serializers.CharField()
    n = serializers.IntegerField()
    of = serializers.IntegerField()
    low = serializers.IntegerField()
    middle = serializers.IntegerField()
    high = serializers.IntegerField()
    in_months = serializers.BooleanField()


class ChangeSerializer(serializers.Serializer[Any]):
    """One “what if”, and the range that it would give, or why there would be none."""

    what = serializers.CharField()
    low_fen = serializers.IntegerField(required=False)
    middle_fen = serializers.IntegerField(required=False)
    high_fen = serializers.IntegerField(required=False)
    silence = serializers.CharField(required=False)


class BehindSerializer(serializers.Serializer[Any]):
    """All that stands behind a range. Of `asked` settled cases of this cause `held` fell inside ranges made so."""

    base = LegalBaseSerializer(required=False)
    reasons = serializers.ListField(child=serializers.CharField(), required=False)
    held = serializers.IntegerField(required=False)
    asked = serializers.IntegerField(required=False)
    remedies = RemedyRangeSerializer(many=True, required=False)
    changes = ChangeSerializer(many=True, required=False)
    stock = serializers.CharField(
        required=False, help_text="number and mark of the settled cases it rests on"
    )


class SuggestionSerializer(serializers.Serializer[Any]):
    """A machine's suggestion, for reference only; for the mediator alone. Without enough like cases it is silent."""

    id = serializers.IntegerField()
    low_fen = serializers.IntegerField(allow_null=True)
    middle_fen = serializers.IntegerField(allow_null=True)
    high_fen = serializers.IntegerField(allow_null=True)
    comparable = serializers.IntegerField(help_text="how many settled cases it rests on")
    confidence = serializers.CharField(allow_blank=True)
    silence = serializers.SerializerMethodField(help_text="why no range is named; empty when one is")
    details = BehindSerializer()
    sources = SourceSerializer(many=True)
    engine = serializers.CharField()
    state = serializers.ChoiceField(choices=Suggestion.State.choices)
    decided_fen = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()

    def get_silence(self, suggestion: Suggestion) -> str:
        """In the site's language."""
        return str(suggestion.details.get("silence", ""))


class DecisionSerializer(serializers.Serializer[Any]):
    """What the mediator makes of it. Another sum than the middle, and setting it aside, need a reason."""

    decision = serializers.ChoiceField(choices=["adopt", "dismiss"])
    amount_fen = serializers.IntegerField(
        required=False, min_value=0, max_value=MAX_YUAN * 100, help_text="for adopt; the middle if left out"
    )
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class CaseSuggestion(Door):
    """方案建议: what like cases came to. No party ever sees it."""

    roles = frozenset({Role.MEDIATOR})

    @extend_schema(tags=["mediator"], responses={200: SuggestionSerializer, **may_fail(403, 404)})
    def get(self, request: Request, docket: str) -> Response:
        """The newest suggestion of a case of yours."""
        return Response(SuggestionSerializer(_newest(request, docket)).data)

    @extend_schema(
        tags=["mediator"], request=None, responses={200: SuggestionSerializer, **may_fail(403, 404, 409)}
    )
    def post(self, request: Request, docket: str) -> Response:
        """Have like cases looked for anew. Nothing is offered to the sides by this."""
        case = get_object_or_404(seen_by(request), docket=docket)
        made = suggestions.propose(case_id=case.pk, mediator=person_of(request))
        return Response(SuggestionSerializer(made).data)


class SuggestionDecision(Door):
    """采用、改动、不采用: a person decides; the difference is kept."""

    roles = frozenset({Role.MEDIATOR})

    @extend_schema(
        tags=["mediator"],
        request=DecisionSerializer,
        responses={200: SuggestionSerializer, **may_fail(400, 403, 404, 409)},
    )
    def post(self, request: Request, docket: str) -> Response:
        """Decide on the newest suggestion of a case of yours."""
        newest = _newest(request, docket)
        asked = DecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        person = person_of(request)
        if told["decision"] == "adopt":
            amount = told.get("amount_fen", newest.middle_fen or 0)
            done = suggestions.adopt(
                suggestion_id=newest.pk, mediator=person, amount_fen=amount, reason=told["reason"]
            )
        else:
            done = suggestions.dismiss(suggestion_id=newest.pk, mediator=person, reason=told["reason"])
        return Response(SuggestionSerializer(done).data)


def _newest(request: Request, docket: str) -> Suggestion:
    case = get_object_or_404(seen_by(request), docket=docket)
    newest: Suggestion = get_object_or_404(case.suggestions.all()[:1])
    return newest


class RowsSerializer(serializers.Serializer[Any]):
    """Settled cases, with the keys of the sample library or the Chinese headings that `load_precedents` reads."""

    rows = serializers.ListField(child=serializers.DictField(), allow_empty=False, max_length=MOST_ROWS)


class RefusedRowSerializer(serializers.Serializer[Any]):
    """A row that was left out: its number, counted from 1, and why."""

    number = serializers.IntegerField()
    reason = serializers.CharField()


class TakenSerializer(serializers.Serializer[Any]):
    """What became of the rows."""

    taken = serializers.IntegerField()
    waiting = serializers.IntegerField(
        help_text="cases that a person has to release before anybody finds them"
    )
    refused = RefusedRowSerializer(many=True)


class Precedents(Door):
    """先例入库: for officers, who also release them."""

    roles = frozenset({Role.OFFICER})

    @extend_schema(
        tags=["office"], request=RowsSerializer, responses={200: TakenSerializer, **may_fail(400, 403)}
    )
    def post(self, request: Request) -> Response:
        """Bring settled cases in. Each loses its names, and waits for a person; a bad row is named, the rest stay."""
        asked = RowsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        taken, refused = precedents.bring_in(asked.validated_data["rows"])
        waiting = releasing.waiting().count()
        return Response(TakenSerializer({"taken": taken, "waiting": waiting, "refused": refused}).data)
