"""Cases over JSON: the same services as the pages, the same rules of who may see and do what."""

from typing import Any, cast

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from cases.models import Answer, Case
from cases.roles import Role
from cases.services import acceptance, answering
from evidence.log.reading import published_size
from evidence.models import Entry, Leaf
from mediation.agreements import services as agreements
from mediation.agreements.enforceability import review_of
from mediation.api.base import Door, may_fail, person_of
from mediation.api.requests import (
    AcceptSerializer,
    AnswerSerializer,
    DeclineSerializer,
    OfferedSerializer,
    ProposalSerializer,
    SupplementSerializer,
)
from mediation.api.serializers import CaseDetailSerializer, CaseSerializer, EntrySerializer


def seen_by(request: Request) -> QuerySet[Case]:
    """The cases with a docket that this person may see."""
    return Case.objects.visible_to(person_of(request)).filter(docket__isnull=False).for_desk()


@extend_schema(tags=["cases"], responses={200: CaseSerializer, **may_fail(403)})
class CaseList(Door, ListAPIView[Case]):
    """The cases you may see, those that are due first."""

    serializer_class = CaseSerializer
    queryset = Case.objects.none()

    def get_queryset(self) -> QuerySet[Case]:
        """Nothing but what the person may see."""
        return seen_by(self.request)


@extend_schema(tags=["cases"], responses={200: CaseDetailSerializer, **may_fail(403, 404)})
class CaseDetail(Door, RetrieveAPIView[Case]):
    """One case with its clocks, each explained."""

    serializer_class = CaseDetailSerializer
    lookup_field = "docket"
    queryset = Case.objects.none()

    def get_queryset(self) -> QuerySet[Case]:
        """Nothing but what the person may see."""
        return seen_by(self.request).prefetch_related("pauses")


@extend_schema(tags=["cases"], responses={200: EntrySerializer, **may_fail(403, 404)})
class CaseChain(Door, ListAPIView[Entry]):
    """The evidence chain of a case: every envelope in its order, so that anyone can follow the hashes."""

    serializer_class = EntrySerializer
    queryset = Entry.objects.none()

    def get_queryset(self) -> QuerySet[Entry]:
        """The entries of a case the person may see."""
        case = get_object_or_404(seen_by(self.request), docket=self.kwargs["docket"])
        covered = Exists(Leaf.objects.filter(entry=OuterRef("pk"), index__lt=published_size()))
        entries = Entry.objects.of(case.chain).annotate(leaf_index=F("leaf__index"), is_covered=covered)
        return cast("QuerySet[Entry]", entries.order_by("seq"))


class CaseAct(Door):
    """One act on one case. The answer is the case as it stands afterwards."""

    request_serializer: type[BaseSerializer[Any]]

    def take(self, case: Case, told: dict[str, Any], request: Request) -> None:
        """Do it; a Refusal becomes 409."""
        raise NotImplementedError

    def act(self, request: Request, docket: str) -> Response:
        """Find the case, read the request, act, show the case."""
        case = get_object_or_404(seen_by(request), docket=docket)
        asked = self.request_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        self.take(case, dict(asked.validated_data), request)
        after = seen_by(request).prefetch_related("pauses").filter(pk=case.pk).first()
        if after is None:
            raise Http404
        return Response(CaseDetailSerializer(after, context={"request": request}).data)


class AcceptCase(CaseAct):
    """受理: take a filed dispute on."""

    roles = frozenset({Role.OFFICER})
    request_serializer = AcceptSerializer

    @extend_schema(
        tags=["office"],
        request=AcceptSerializer,
        responses={200: CaseDetailSerializer, **may_fail(400, 403, 404, 409)},
    )
    def post(self, request: Request, docket: str) -> Response:
        """Accept a filed dispute; its mediation clock starts (在线调解规则 Arts 12, 24)."""
        return self.act(request, docket)

    def take(self, case: Case, told: dict[str, Any], request: Request) -> None:
        """Accept."""
        acceptance.accept_case(case_id=case.pk, officer=person_of(request), **told)


class AskSupplement(CaseAct):
    """补正: ask the citizen for what is missing."""

    roles = frozenset({Role.OFFICER})
    request_serializer = SupplementSerializer

    @extend_schema(
        tags=["office"],
        request=SupplementSerializer,
        responses={200: CaseDetailSerializer, **may_fail(400, 403, 404, 409)},
    )
    def post(self, request: Request, docket: str) -> Response:
        """Ask once for everything that is missing (在线诉讼规则 Art 9(2))."""
        return self.act(request, docket)

    def take(self, case: Case, told: dict[str, Any], request: Request) -> None:
        """Ask."""
        acceptance.ask_to_supplement(case_id=case.pk, officer=person_of(request), **told)


class DeclineCase(CaseAct):
    """不予受理: decline with a reason and a way to go."""

    roles = frozenset({Role.OFFICER})
    request_serializer = DeclineSerializer

    @extend_schema(
        tags=["office"],
        request=DeclineSerializer,
        responses={200: CaseDetailSerializer, **may_fail(400, 403, 404, 409)},
    )
    def post(self, request: Request, docket: str) -> Response:
        """Decline a dispute, saying why and where to go instead (在线调解规则 Art 9)."""
        return self.act(request, docket)

    def take(self, case: Case, told: dict[str, Any], request: Request) -> None:
        """Decline."""
        acceptance.decline_case(case_id=case.pk, officer=person_of(request), **told)


class AnswerCase(CaseAct):
    """答辩: the institution answers the claims."""

    roles = frozenset({Role.INSTITUTION})
    request_serializer = AnswerSerializer

    @extend_schema(
        tags=["institution"],
        request=AnswerSerializer,
        responses={200: CaseDetailSerializer, **may_fail(400, 403, 404, 409)},
    )
    def post(self, request: Request, docket: str) -> Response:
        """Answer every claim of a case at once. No answer is never consent."""
        return self.act(request, docket)

    def take(self, case: Case, told: dict[str, Any], request: Request) -> None:
        """Answer."""
        replies = {
            reply["claim"]: answering.Reply(
                Answer.Position(reply["position"]), reply["words"], reply.get("amount_fen")
            )
            for reply in told["replies"]
        }
        answering.answer_claims(case_id=case.pk, person=person_of(request), replies=replies)


class OfferProposal(Door):
    """方案: a mediator lays new terms before both sides."""

    roles = frozenset({Role.MEDIATOR})

    @extend_schema(
        tags=["mediator"],
        request=ProposalSerializer,
        responses={201: OfferedSerializer, **may_fail(400, 403, 404, 409)},
    )
    def post(self, request: Request, docket: str) -> Response:
        """Offer a new version of the terms to both sides; it replaces the open one."""
        case = get_object_or_404(seen_by(request), docket=docket)
        asked = ProposalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        wording = agreements.Wording(
            **{name: told[name] for name in ("note", "waiver", "costs", "overdue", "credit")}
        )
        offered = agreements.offer_proposal(
            case_id=case.pk, person=person_of(request), terms=asked.drafts(), wording=wording
        )
        return Response(
            OfferedSerializer(
                {
                    "version": offered.version,
                    "state": offered.state,
                    "advice": [str(one) for one in review_of(offered).advice],
                }
            ).data,
            status=status.HTTP_201_CREATED,
        )
