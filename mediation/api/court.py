"""Applications for confirmation over JSON, for the court's own system."""

import logging
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from cases.roles import Role
from mediation.api.base import Door, may_fail, person_of
from mediation.api.requests import AskSerializer, FindingSerializer, RulingRequestSerializer
from mediation.api.serializers import ApplicationDetailSerializer, ApplicationSerializer
from mediation.court import services
from mediation.court.checking import check_application
from mediation.court.models import JointApplication, Ruling
from mediation.court.packet import read_packet
from mediation.court.selectors import of_court
from mediation.http import PieceByPiece
from mediation.seals import is_sealed, last_seq

viewings = logging.getLogger("mediation.viewings")
AFTER_AN_ACT = {200: ApplicationDetailSerializer, **may_fail(400, 403, 404, 409)}
WAITING = OpenApiResponse(
    ApplicationDetailSerializer,
    description="Written down, but not sealed yet: it counts once `sealed` is true. Do not send it again; ask again.",
)


class CourtDoor(Door):
    """Only for people of a court, and only what lies with it."""

    roles = frozenset({Role.COURT})

    def find(self, request: Request, pk: int) -> JointApplication:
        """The application, or 404."""
        return get_object_or_404(of_court(person_of(request)), pk=pk)

    def show(self, request: Request, pk: int, *, status: int = 200) -> Response:
        """The application as it stands now."""
        found = get_object_or_404(
            of_court(person_of(request)).prefetch_related("case__parties__institution", "case__clocks"), pk=pk
        )
        return Response(ApplicationDetailSerializer(found, context={"request": request}).data, status=status)


@extend_schema(tags=["court"], responses={200: ApplicationSerializer, **may_fail(403)})
class ApplicationList(CourtDoor, ListAPIView[JointApplication]):
    """The applications that lie with your court, newest first."""

    serializer_class = ApplicationSerializer
    queryset = JointApplication.objects.none()

    def get_queryset(self) -> QuerySet[JointApplication]:
        """Nothing but what lies with this court."""
        return of_court(person_of(self.request)).prefetch_related(
            "case__parties__institution", "case__clocks"
        )


@extend_schema(tags=["court"], responses={200: ApplicationDetailSerializer, **may_fail(403, 404)})
class ApplicationDetail(CourtDoor, RetrieveAPIView[JointApplication]):
    """One application."""

    serializer_class = ApplicationDetailSerializer
    queryset = JointApplication.objects.none()

    def get_queryset(self) -> QuerySet[JointApplication]:
        """Nothing but what lies with this court."""
        return of_court(person_of(self.request)).prefetch_related(
            "case__parties__institution", "case__clocks"
        )


class ApplicationPacket(CourtDoor):
    """证据包: everything the court needs, as one archive."""

    @extend_schema(
        tags=["court"],
        responses={
            (200, "application/zip"): OpenApiResponse(
                OpenApiTypes.BINARY, description="The packet, byte for byte."
            ),
            **may_fail(403, 404),
        },
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        """Download the packet as it was sent; check it with verify.py."""
        application = self.find(request, pk)
        if not application.packet_stored:
            raise Http404
        response = PieceByPiece(
            read_packet(application),
            as_attachment=True,
            filename=f"{application.case.docket}.zip",
            content_type="application/zip",
        )
        response["Content-Length"] = str(application.packet_bytes)
        viewings.info("packet of case %s saved by %s", application.case_id, person_of(request).pk)
        return response


class ApplicationCheck(CourtDoor):
    """核验: what the check of the packet found."""

    @extend_schema(tags=["court"], responses={200: FindingSerializer, **may_fail(403, 404)})
    def get(self, request: Request, pk: int) -> Response:
        """Check the packet with the verifier, run on its own."""
        application = self.find(request, pk)
        if not application.packet_stored:
            raise Http404
        found = check_application(application)
        told: dict[str, Any] = {
            "verdict": found.verdict,
            "item": found.item,
            "why": found.why,
            "checked_at": found.checked_at,
            "fingerprint": found.fingerprint,
            "policy": found.policy,
            "case": found.case,
            "checkpoint_size": found.size,
            "witnesses": [seen.name for seen in found.witnesses],
            "head": found.head,
            "entries": found.count,
            "files": len(found.files),
            "files_that_match": sum(file.holds for file in found.files),
            "warnings": found.warnings,
        }
        return Response(FindingSerializer(told).data)


class AcceptApplication(CourtDoor):
    """受理: take an application up."""

    @extend_schema(tags=["court"], request=None, responses=AFTER_AN_ACT)
    def post(self, request: Request, pk: int) -> Response:
        """Take the application up under a number of the court (司法确认程序规定 Art 4: within 3 days)."""
        services.accept_application(application_id=self.find(request, pk).pk, judge=person_of(request))
        return self.show(request, pk)


class AskForPapers(CourtDoor):
    """补充材料: ask both sides."""

    @extend_schema(tags=["court"], request=AskSerializer, responses=AFTER_AN_ACT)
    def post(self, request: Request, pk: int) -> Response:
        """Ask both sides for missing papers (民诉法解释 Art 354)."""
        application = self.find(request, pk)
        asked = AskSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        services.ask_for_papers(
            application_id=application.pk, judge=person_of(request), what=asked.validated_data["what"]
        )
        return self.show(request, pk)


class GiveRuling(CourtDoor):
    """裁定: confirm or dismiss."""

    @extend_schema(tags=["court"], request=RulingRequestSerializer, responses={**AFTER_AN_ACT, 202: WAITING})
    def post(self, request: Request, pk: int) -> Response:
        """Give the ruling (民事诉讼法 Art 206). It is in force at once; objections keep their window.

        Answers 200 once a checkpoint that the witnesses accept covers it (固化), and 202 as long as none does.
        """
        application = self.find(request, pk)
        since = last_seq(application.case)
        asked = RulingRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = dict(asked.validated_data)
        ticked = set(told.pop("checks"))
        if told["kind"] != Ruling.Kind.DISMISS:
            told["ground"] = ""  # a confirmation has no ground for dismissing, whatever was sent
        services.rule(
            application_id=application.pk,
            judge=person_of(request),
            verdict=services.Verdict(**told),
            checks={key: key in ticked for key in services.CHECKS},
        )
        return self.show(request, pk, status=200 if is_sealed(application.case, since=since) else 202)
