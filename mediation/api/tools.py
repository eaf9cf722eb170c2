"""Looking things up and working things out: like cases for staff, and a calculator for anybody."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cases.analysis import Provenance, analyse
from cases.analysis.telling import as_record
from cases.roles import STAFF_ROLES
from cases.rules.caps import Cap, caps_for
from cases.rules.cost import Basis, Payment, excess_over, loan_cost
from cases.services.asking import query_of, read_facts
from cases.services.shelf import library
from cases.similarity.search import Hit
from mediation.api.base import Door, OpenDoor, may_fail
from mediation.api.requests import (
    FoundSerializer,
    LoanCostSerializer,
    LoanSerializer,
    LongSearchSerializer,
    SearchSerializer,
    StoryReadSerializer,
    StorySerializer,
)


class PrecedentSearch(Door):
    """相似案例: for officers and mediators only."""

    roles = frozenset(STAFF_ROLES)

    @extend_schema(
        tags=["tools"], parameters=[SearchSerializer], responses={200: FoundSerializer, **may_fail(400, 403)}
    )
    def get(self, request: Request) -> Response:
        """The settled cases nearest to a few words or a short story. For reference, never a decision."""
        return _found(SearchSerializer(data=request.query_params))

    @extend_schema(
        tags=["tools"], request=LongSearchSerializer, responses={200: FoundSerializer, **may_fail(400, 403)}
    )
    def post(self, request: Request) -> Response:
        """The same for a story of any length; it stands in no address and so in no log."""
        return _found(LongSearchSerializer(data=request.data))


def _found(asked: SearchSerializer) -> Response:
    """What is not said beside the story is read out of it; `asked` tells what was."""
    asked.is_valid(raise_exception=True)
    told = asked.validated_data
    query = query_of(told["q"], cause=told.get("kind"), claim_fen=told.get("claim_fen"), only=asked.only())
    answer = library().nearest(query, told["n"])
    found = {"asked": read_facts(query), "enough": answer.enough, "hits": [_hit(hit) for hit in answer.hits]}
    return Response(FoundSerializer(found).data)


def _hit(hit: Hit) -> dict[str, Any]:
    doc = hit.doc
    return {
        "key": doc.key,
        "score": round(hit.score, 4),
        "kind": doc.cause or "",
        "story": doc.text,
        "claim_fen": doc.claim_fen,
        "settled_fen": doc.settled_fen,
        "instalments": doc.instalments,
        "terms": list(doc.terms),
        "same": [str(reason) for reason in hit.same],
        "different": [str(reason) for reason in hit.different],
        "is_sample": doc.is_sample,
        "licence": doc.licence,
        "product": doc.product,
        "remedies": list(doc.remedies),
        "closed_on": doc.closed_on,
        "passages": [[piece._asdict() for piece in passage] for passage in hit.passages],
    }


class StoryReading(Door):
    """诉求分析: what a story says. Nothing is kept."""

    @extend_schema(
        tags=["tools"], request=StorySerializer, responses={200: StoryReadSerializer, **may_fail(400, 403)}
    )
    def post(self, request: Request) -> Response:
        """Read causes, sums, dates, rates, names and remedies out of a story, each with its place and confidence.

        Guesses, for a person to confirm. Numbers that point at a person are covered in the answer.
        """
        asked = StorySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        today = told.get("today") or timezone.localdate()
        found = analyse(told["story"], today=today, provenance=Provenance(told["provenance"]))
        return Response(StoryReadSerializer(as_record(told["story"], found)).data)


class LoanCost(OpenDoor):
    """年化成本: what a loan really costs a year."""

    @extend_schema(
        tags=["tools"], auth=[], request=LoanSerializer, responses={200: LoanCostSerializer, **may_fail(400)}
    )
    def post(self, request: Request) -> Response:
        """Work out the yearly cost of a loan, and what lies above each cap that may apply.

        Given with interest on interest and without: the yardstick is 中国人民银行公告〔2021〕第3号, whose annex
        on the way of computing has not been checked.
        """
        asked = LoanSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        payments: list[Payment] = [(row["month"], row["fen"]) for row in told["payments"]]
        cost = loan_cost(received_fen=told["received_fen"], payments=payments)
        caps: list[Cap] = (
            caps_for(told["licence"], told["contract_on"])
            if "licence" in told and "contract_on" in told
            else []
        )
        return Response(
            LoanCostSerializer(
                {
                    "monthly": cost.monthly,
                    "simple_annual": cost.simple_annual,
                    "compound_annual": cost.compound_annual,
                    "received_fen": cost.received_fen,
                    "total_paid_fen": cost.total_paid_fen,
                    "cost_fen": cost.cost_fen,
                    "basis": str(cost.basis),
                    "caps": [_cap(cap, told["received_fen"], payments) for cap in caps],
                }
            ).data
        )


def _cap(cap: Cap, received_fen: int, payments: list[Payment]) -> dict[str, Any]:
    over = {
        basis: excess_over(cap.rate, received_fen=received_fen, payments=payments, basis=basis)
        for basis in Basis
    }
    return {
        "rate": cap.rate,
        "document": cap.source,
        "strength": str(cap.strength),
        "status": str(cap.status),
        "covers": str(cap.covers),
        "over_simple_fen": over[Basis.SIMPLE],
        "over_compound_fen": over[Basis.COMPOUND],
    }
