"""状态报告: what a gateway reports of a text message after it took it. A report that nobody signed is no report."""

import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.roles import Role
from cases.services.steps import lock_case, remember
from mediation.notices.assessing import look_again
from mediation.notices.models import Notice, Rung
from mediation.notices.sms import sign_lines

WINDOW_S = 300  # how far a gateway's clock may be from ours
ARRIVED = {"DELIVRD", "DELIVERED"}
NONCE = re.compile(r"[0-9A-Za-z_-]{8,80}")
MOST_REPORTS = 1000
SLACK = timedelta(minutes=5)


class NotSigned(Exception):
    """The request does not carry our gateway's signature, is too old, or was seen before."""


@dataclass(frozen=True, slots=True)
class Report:
    """One status report: about which message, whether it arrived, the carrier's code, when."""

    numbers: tuple[str, ...]
    has_arrived: bool
    code: str
    at: datetime | None
    phone: str = ""


def verify(*, path: str, headers: Mapping[str, str], body: bytes) -> None:
    """Check the signature (as in `sms.sign_lines`), the time and the nonce, which counts once. Raises NotSigned."""
    secret = settings.SMS_REPORT_SECRET
    timestamp, nonce = headers.get("X-Timestamp", ""), headers.get("X-Nonce", "")
    if not secret or not timestamp.isascii() or not timestamp.isdigit() or not NONCE.fullmatch(nonce):
        raise NotSigned
    expected = sign_lines(secret, path=path, timestamp=timestamp, nonce=nonce, body=body)
    if not hmac.compare_digest(expected.encode(), headers.get("X-Signature", "").encode()):
        raise NotSigned
    if abs(time.time() - int(timestamp)) > WINDOW_S:
        raise NotSigned
    if not cache.add(f"sms-report-{nonce}", True, timeout=2 * WINDOW_S):
        raise NotSigned


def reports_in(body: bytes) -> list[Report]:
    """The reports of a request: one object or a list, by the names that gateways use. Raises ValueError."""
    told = json.loads(body)
    rows = told if isinstance(told, list) else [told]
    if len(rows) > MOST_REPORTS or not all(isinstance(row, dict) for row in rows):
        msg = "a list of reports, each an object"
        raise ValueError(msg)
    return [_report(row) for row in rows]


def _report(row: Mapping[str, Any]) -> Report:
    def first(*names: str) -> str:
        return next((str(row[name]) for name in names if row.get(name) not in {None, ""}), "")

    code = first("status", "err_code", "code")[:80]
    arrived = row["success"] is True if "success" in row else code.upper() in ARRIVED
    numbers = tuple(filter(None, (first("biz_id", "receipt"), first("out_id", "id"))))
    return Report(numbers, arrived, code, _moment(first("report_time", "at")), first("phone_number", "phone"))


def _moment(text: str) -> datetime | None:
    """A moment as gateways write it; without a zone it is that of the site."""
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(at) if at and timezone.is_naive(at) else at


def take_report(report: Report) -> bool:
    """Write one report down and look again at what it proves. Returns whether it was news about a message of ours."""
    ours = Notice.objects.filter(channel=Notice.Channel.SMS)
    found = ours.filter(Q(receipt__in=report.numbers) | Q(code__in=report.numbers)).first()
    if not report.numbers or found is None or (report.phone and report.phone[-11:] != found.phone[-11:]):
        return False
    with transaction.atomic():
        case = lock_case(found.case_id) if found.case_id else None
        notice = Notice.objects.select_for_update().get(pk=found.pk)
        if notice.arrived_at or notice.report == report.code or notice.sent_at is None:
            return False
        notice.report = report.code
        if report.has_arrived:
            notice.state, notice.problem = Notice.State.SENT, ""
            notice.arrived_at = _believable(report.at, notice.sent_at)
        else:
            notice.state, notice.problem = Notice.State.FAILED, report.code
        notice.save(update_fields=["report", "state", "problem", "arrived_at"])
        if case and not report.has_arrived:
            told: dict[str, Any] = {"kind": notice.kind, "channel": "sms", "problem": report.code}
            remember(case, "notice.fail", by=None, role=Role.SYSTEM, duty="mediator", **told)
        if notice.rung_id:
            look_again(Rung.objects.values_list("ladder_id", flat=True).get(pk=notice.rung_id))
    return True


def _believable(at: datetime | None, sent_at: datetime) -> datetime:
    """The reported moment, unless it lies before the sending or ahead of us: then the moment of the report."""
    now = timezone.now()
    return max(at, sent_at) if at and sent_at - SLACK <= at <= now + SLACK else now
