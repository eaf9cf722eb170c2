"""期限: every clock of a case laid open, and the calculator of due days for anybody."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cases.rules import limits
from cases.rules.explanation import explanation_of
from cases.services.reckoning import clocks_as_json
from mediation.api.base import Door, OpenDoor, may_fail
from mediation.api.views import seen_by

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
MOST_PAUSES = 20


class ReasonSerializer(serializers.Serializer[Any]):
    """A day that did not count."""

    on = serializers.DateField()
    reason = serializers.CharField(help_text="weekend or holiday")
    name = serializers.CharField(help_text="of the holiday")


class RuleSerializer(serializers.Serializer[Any]):
    """The version of the rule that was used."""

    article = serializers.CharField()
    version = serializers.CharField(help_text="never changes, such as mediation@2022-01-01")
    status = serializers.CharField(help_text="T full text, P published page, M not yet checked, H house rule")
    status_words = serializers.CharField()
    is_law = serializers.BooleanField()
    version_by = serializers.CharField(help_text="whose day chose the version: filing or start")
    in_force_from = serializers.DateField()
    in_force_to = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    words = serializers.CharField()


class ExplanationSerializer(serializers.Serializer[Any]):
    """Everything behind a due day. `overdue_on` is later than `due_on` only where two rules stand side by side."""

    limit = serializers.CharField()
    name = serializers.CharField()
    due_on = serializers.DateField(allow_null=True, help_text="null while a pause stands in the way")
    overdue_on = serializers.DateField(allow_null=True)
    due_by_law_on = serializers.DateField(allow_null=True, help_text="with our own pauses left out")
    due_at = serializers.DateTimeField(allow_null=True, help_text="of a limit in hours")
    provisional = serializers.BooleanField(help_text="the holidays of that time are not announced yet")
    provisional_from = serializers.DateField(allow_null=True)
    start = serializers.JSONField(help_text="event, words, on")
    n = serializers.IntegerField()
    unit = serializers.CharField()
    first_counted_on = serializers.DateField(allow_null=True)
    counted_to = serializers.DateField(allow_null=True)
    skipped = ReasonSerializer(many=True)
    made_up = serializers.ListField(child=serializers.DateField())
    moved = serializers.JSONField(allow_null=True, help_text="from, to: over days off at the end")
    pauses = serializers.ListField(child=serializers.JSONField())
    rule = RuleSerializer()
    other_rule = serializers.JSONField(allow_null=True)
    extension = serializers.JSONField(allow_null=True, help_text="who may add how much, and what is left")
    who = serializers.CharField()
    at_end = serializers.CharField()
    sentence = serializers.CharField()
    lines = serializers.ListField(child=serializers.CharField())
    plain = serializers.CharField()


class LaidOpenSerializer(serializers.Serializer[Any]):
    """One clock of a case: how it stands, and the whole explanation (null where its rule is gone)."""

    limit = serializers.CharField()
    state = serializers.CharField(help_text="running, met, expired or stopped")
    started_on = serializers.DateField()
    due_on = serializers.DateField()
    overdue_on = serializers.DateField()
    is_paused = serializers.BooleanField()
    extended = serializers.IntegerField(help_text="of its own units, by consent")
    provisional = serializers.BooleanField()
    ended_at = serializers.DateTimeField(allow_null=True)
    explanation = ExplanationSerializer(allow_null=True)


class CaseClocks(Door):
    """Every clock of a case, the finished ones too."""

    @extend_schema(tags=["cases"], responses={200: LaidOpenSerializer(many=True), **may_fail(403, 404)})
    def get(self, request: Request, docket: str) -> Response:
        """Each clock with its article, version, days counted and skipped, pauses, and what comes next."""
        case = get_object_or_404(seen_by(request).prefetch_related("pauses"), docket=docket)
        return Response(clocks_as_json(case))


class DueRequestSerializer(serializers.Serializer[Any]):
    """A limit of a track, or a bare period of `n` units; counted from `start`."""

    profile = serializers.ChoiceField(
        choices=[(track, track) for track in limits.TRACKS], default=limits.TRACKS[0]
    )
    limit = serializers.CharField(max_length=40, required=False, help_text="its key, such as court_decision")
    n = serializers.IntegerField(min_value=0, max_value=73_200, required=False)
    unit = serializers.ChoiceField(choices=limits.Unit.choices, required=False)
    start = serializers.DateField(help_text="the day of the event, itself not counted")
    filed_on = serializers.DateField(
        required=False, help_text="the law of this day is used; `start` if not given"
    )
    extension = serializers.IntegerField(
        min_value=0, max_value=3660, default=0, help_text="in the limit's own unit"
    )
    pause = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=MOST_PAUSES,
        default=list,
        help_text="FIRST..LAST or FIRST..LAST:KIND, LAST empty while it lasts",
    )

    def validate_start(self, day: date) -> date:
        """A day near enough that its calendar means something."""
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError(
                _("Please give a day between %(first)s and %(last)s.") % {"first": EARLIEST, "last": LATEST}
            )
        return day

    def validate_pause(self, told: list[str]) -> list[limits.Stretch]:
        """Each pause as days."""
        return list(_pauses(told))

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        """A limit or a bare period, not both."""
        bare = "n" in told and "unit" in told
        if bare == ("limit" in told) or ("limit" in told and ("n" in told or "unit" in told)):
            raise serializers.ValidationError(
                {"limit": [_("Give “profile” and “limit”, or “n” and “unit”, not both.")]}
            )
        return told


def _pauses(told: list[str]) -> Iterator[limits.Stretch]:
    for text in told:
        days, _colon, kind = text.partition(":")
        first, _dots, last = days.partition("..")
        try:
            yield limits.Stretch(
                date.fromisoformat(first),
                date.fromisoformat(last) if last else None,
                limits.PauseKind(kind) if kind else None,
            )
        except ValueError as error:
            raise serializers.ValidationError(
                _("“%(text)s” is no pause. Write it like 2026-03-09..2026-03-18:appraisal.") % {"text": text}
            ) from error


class DueSerializer(ExplanationSerializer):
    """When a limit ends, and why: the whole explanation, with what many ask for at the top."""

    article = serializers.CharField()
    status = serializers.CharField(help_text="T full text, P published page, M not yet checked, H house rule")
    explanation = serializers.CharField(help_text="the sentence, every line and the version of the rule")


class DueDay(OpenDoor):
    """期限计算: on which day a limit ends, and why."""

    @extend_schema(
        tags=["tools"],
        auth=[],
        parameters=[DueRequestSerializer],
        responses={200: DueSerializer, **may_fail(400)},
    )
    def get(self, request: Request) -> Response:
        """Work out a time limit, with every reason in words."""
        query = request.query_params
        asked = DueRequestSerializer(data={**query.dict(), "pause": query.getlist("pause")})
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        limit = _limit(told)
        try:
            counted = limits.due(limit, told["start"], told["pause"], extension=told["extension"])
        except (limits.ExtensionError, limits.PeriodError) as refused:
            raise ValidationError({"start": [str(refused)]}) from refused
        explained = explanation_of(counted)
        return Response(
            explained.as_json()
            | {"article": limit.article, "status": limit.status.value, "explanation": explained.text}
        )


def _limit(told: dict[str, Any]) -> limits.Limit:
    if "limit" not in told:
        return limits.plain_limit(told["n"], limits.Unit(told["unit"]))
    profile, start, filed_on = told["profile"], told["start"], told.get("filed_on")
    limit = limits.rule_for(profile, told["limit"], start_on=start, filed_on=filed_on)
    if limit is None:
        known = sorted(limits.load_profile(profile, filed_on or start))
        text = _("There is no such limit on that day. Known: %(known)s.")
        raise ValidationError({"limit": [text % {"known": ", ".join(known)}]})
    return limit
