"""证据: the files of a case over the interface: what one may see, and handing in more."""

from dataclasses import replace
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from cases.models import Exhibit
from cases.roles import STAFF_ROLES, Role
from cases.services.exhibits import exhibits_for
from evidence.origin.provenance import LONGEST_WORDS, BeforeSending, Origin, Way
from mediation.api.base import Door, may_fail, person_of
from mediation.api.views import seen_by
from mediation.entrance import gate
from mediation.files.captured import HEX_DIGEST, captured_from
from mediation.files.provenance import lines_of, sees_all
from mediation.files.taking import take_files
from mediation.files.uploading import refused_files

KINDS = [
    (kind.value, kind.label)
    for kind in Exhibit.Kind
    if kind not in {Exhibit.Kind.STORY, Exhibit.Kind.DOCUMENT}
]


class HandInSerializer(serializers.Serializer[Any]):
    """A file as multipart/form-data, with what it is and where it comes from (在线诉讼规则 Art 18)."""

    file = serializers.FileField()
    kind = serializers.ChoiceField(choices=KINDS, default=Exhibit.Kind.OTHER)
    title = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    is_private = serializers.BooleanField(default=False, help_text="for the own side and the mediator alone")
    sha256 = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="of the file as you have it, in hex; when other bytes arrive, they are refused",
    )
    origin = serializers.ChoiceField(choices=Origin.choices, required=False, default="", allow_blank=True)
    origin_words = serializers.CharField(
        max_length=LONGEST_WORDS,
        required=False,
        default="",
        allow_blank=True,
        help_text="when, where, from whom",
    )

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        """As at the desk: the office says who gave it, and only the mediator keeps a paper from both sides."""
        role = person_of(self.context["request"]).role
        if role in STAFF_ROLES and not told["origin_words"].strip():
            raise ValidationError({"origin_words": _("Please write who gave it, when and how.")})
        if role == Role.OFFICER and told["is_private"]:
            raise ValidationError({"is_private": _("Only the mediator can keep a paper from both sides.")})
        return told

    def validate_sha256(self, digest: str) -> str:
        """64 hex digits, or nothing."""
        digest = digest.lower()
        if digest and not HEX_DIGEST.fullmatch(digest):
            raise ValidationError(_("A SHA-256 has 64 digits, 0 to 9 and a to f."))
        return digest


class LineSerializer(serializers.Serializer[Any]):
    """One line about where a file comes from; `whose` vouches for it: us, person, device or file."""

    label = serializers.CharField()  # type: ignore[assignment]
    words = serializers.CharField()
    whose = serializers.ChoiceField(choices=["us", "person", "device", "file"])


class ExhibitSerializer(serializers.Serializer[Any]):
    """A file of a case."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    by_role = serializers.CharField()
    is_private = serializers.BooleanField()
    at = serializers.DateTimeField()
    media_type = serializers.CharField(source="deposit.media_type")
    size = serializers.IntegerField(source="deposit.size", help_text="bytes")
    sha256 = serializers.CharField(source="deposit.sha256")
    sm3 = serializers.CharField(source="deposit.sm3")
    seq = serializers.IntegerField(source="deposit.seq", help_text="of its entry in the chain")
    url = serializers.SerializerMethodField(help_text="where its bytes are")
    came_from = serializers.SerializerMethodField()

    def get_url(self, exhibit: Exhibit) -> str:
        """For whoever may see it."""
        return reverse("exhibit_file", args=[exhibit.pk])

    @extend_schema(responses=LineSerializer(many=True))
    def get_came_from(self, exhibit: Exhibit) -> list[dict[str, str]]:
        """Line by line, as far as this reader may know it."""
        lines = lines_of(exhibit, full=sees_all(exhibit, person_of(self.context["request"])))
        return [{"label": line.label, "words": line.words, "whose": line.whose} for line in lines]


class Exhibits(Door):
    """The evidence of a case."""

    roles = frozenset({Role.CITIZEN, Role.INSTITUTION, Role.OFFICER, Role.MEDIATOR})
    parser_classes = [MultiPartParser]

    @extend_schema(tags=["cases"], responses={200: ExhibitSerializer(many=True), **may_fail(403, 404)})
    def get(self, request: Request, docket: str) -> Response:
        """Every file of the case that you may see, each with where it comes from."""
        case = get_object_or_404(seen_by(request), docket=docket)
        person = person_of(request)
        shown = exhibits_for(case, person, Role(person.role))
        return Response(ExhibitSerializer(shown, many=True, context={"request": request}).data)

    @extend_schema(
        tags=["cases"],
        request={"multipart/form-data": HandInSerializer},
        responses={201: ExhibitSerializer, **may_fail(400, 403, 404, 409)},
    )
    def post(self, request: Request, docket: str) -> Response:
        """Hand a file in. The same bytes again give the exhibit that they already are."""
        case = get_object_or_404(seen_by(request), docket=docket)
        asked = HandInSerializer(data=request.data, context={"request": request})
        if refused := refused_files(request._request):  # noqa: SLF001 — the one that read the files
            raise ValidationError({"file": refused})
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        file = cast("UploadedFile[Any]", told["file"])
        gate.count_bytes_or_refuse(request._request, file.size or 0)  # noqa: SLF001
        came = captured_from(
            request._request,  # noqa: SLF001
            how=Way.API,
            where="api",
            before=BeforeSending(sha256=told["sha256"]),
        )
        (exhibit,) = take_files(
            [file],
            case_id=case.pk,
            person=person_of(request),
            captured=replace(came, origin=told["origin"], words=told["origin_words"].strip()),
            kind=told["kind"],
            title=told["title"],
            private=told["is_private"],
        )
        made = ExhibitSerializer(exhibit, context={"request": request})
        return Response(made.data, status=status.HTTP_201_CREATED)
