"""Text messages over a real wire: what is signed, what a gateway may answer, and what it reports afterwards."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from evidence.models import Entry
from mediation.notices import delivery
from mediation.notices.aliyun import AliyunSmsNotifier, canonical_query
from mediation.notices.codes import new_code
from mediation.notices.models import Notice
from mediation.notices.notifier import NeverWill, TryLater
from mediation.notices.sms import HttpSmsNotifier, sign_lines
from tests.notices.gateways import HttpGateway, http_gateway

pytestmark = pytest.mark.django_db
SECRET = "report-secret"


def a_message(case: Case | None = None, **changes: Any) -> Notice:
    fields = {"channel": "sms", "phone": "13800000001", "kind": "case.file", "subject": "s", "body": "您好"}
    return Notice.objects.create(case=case, code=new_code(), **{**fields, **changes})


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with http_gateway() as found:
        yield found


def ours(gateway: HttpGateway, **changes: Any) -> HttpSmsNotifier:
    known = {
        "url": gateway.url,
        "access_key": "AK",
        "secret": "hush",
        "sign": "样例调解中心",
        "timeout_s": 0.5,
    }
    return HttpSmsNotifier(**{**known, **changes})


def aliyun(gateway: HttpGateway) -> AliyunSmsNotifier:
    root = gateway.url.removesuffix("v1/send")
    known = {"access_key": "AK", "secret": "hush", "sign": "样例调解中心", "timeout_s": 0.5}
    return AliyunSmsNotifier(url=root, template="SMS_1", code_template="SMS_2", **known)


# ---- the request


def test_whoever_holds_the_secret_can_check_the_request_and_nobody_reads_the_secret_in_it(gateway) -> None:
    notice = a_message()
    handed = ours(gateway).send(notice)

    (asked,) = gateway.asked
    lines = ["POST", "/v1/send", asked.headers["x-timestamp"], asked.headers["x-nonce"]]
    told = "\n".join([*lines, hashlib.sha256(asked.body).hexdigest()])
    assert asked.headers["x-signature"] == hmac.new(b"hush", told.encode(), hashlib.sha256).hexdigest()
    assert abs(int(asked.headers["x-timestamp"]) - time.time()) < 5
    assert b"hush" not in asked.body
    assert "hush" not in str(asked.headers)
    body = json.loads(asked.body)
    assert (body["phone"], body["sign"], body["id"]) == (notice.phone, "样例调解中心", notice.code)
    assert (handed.receipt, handed.answer) == ("R-1", "OK")


def test_a_message_sent_again_keeps_its_number_but_never_its_nonce(gateway) -> None:
    notice = a_message()
    ours(gateway).send(notice)
    ours(gateway).send(notice)

    first, second = gateway.asked
    assert json.loads(first.body)["id"] == json.loads(second.body)["id"] == notice.code
    assert first.headers["x-nonce"] != second.headers["x-nonce"]


@pytest.mark.parametrize(
    ("status", "answer", "failure", "words"),
    [
        (200, {"code": "INVALID_PHONE", "message": "号码错误"}, NeverWill, "号码错误"),
        (200, {"code": "THROTTLED", "message": "slow down"}, TryLater, "slow down"),
        (200, {}, TryLater, "^$"),
        (200, ["?"], TryLater, "no JSON object"),
        (200, b"<html>", TryLater, "Expecting value"),
        (400, {"code": "BAD", "message": "no text"}, NeverWill, "no text"),
        (401, {}, TryLater, "401"),
        (429, b"", TryLater, "429"),
        (503, b"down", TryLater, "503"),
    ],
)
def test_every_answer_is_one_of_two_failures_with_its_words(gateway, status, answer, failure, words) -> None:
    gateway.status, gateway.answer = status, answer

    with pytest.raises(failure, match=words):
        ours(gateway).send(a_message())


def test_a_gateway_that_hangs_or_is_gone_is_asked_again_later(gateway) -> None:
    gateway.waits_s = 2
    with pytest.raises(TryLater):
        ours(gateway, timeout_s=0.2).send(a_message())
    with pytest.raises(TryLater):
        ours(gateway, url="http://127.0.0.1:1/v1/send").send(a_message())


def test_nothing_leaves_in_the_clear_and_what_is_missing_is_named(gateway) -> None:
    for notifier in (ours(gateway, url="http://sms.example.cn/"), ours(gateway, access_key="", sign="")):
        assert notifier.problems()
        with pytest.raises(TryLater):
            notifier.send(a_message())
    assert not gateway.asked


# ---- 阿里云


def test_the_signature_is_that_of_the_published_example() -> None:
    notifier = AliyunSmsNotifier(
        access_key="YourAccessKeyId", secret="YourAccessKeySecret", sign="s", template="t", code_template="c",
        url="https://ecs.cn-shanghai.aliyuncs.com/",
    )  # fmt: skip
    query = canonical_query(
        {
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        }
    )
    headers = notifier.signed(
        action="RunInstances", version="2014-05-26", query=query, at="2023-10-26T10:22:32Z",
        nonce="3156853299f313e23d1673dc12e1703d",
    )  # fmt: skip

    assert headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_aliyun_gets_a_template_with_docket_subject_and_code_but_no_text_of_ours(gateway, filed_case) -> None:
    gateway.answer = {"Code": "OK", "Message": "OK", "BizId": "B-7", "RequestId": "x"}
    notice = a_message(filed_case, subject="调解会通知")

    handed = aliyun(gateway).send(notice)

    (asked,) = gateway.asked
    told = {name: value[0] for name, value in parse_qs(urlsplit(asked.path).query).items()}
    assert (told["PhoneNumbers"], told["TemplateCode"], told["OutId"]) == (notice.phone, "SMS_1", notice.code)
    assert json.loads(told["TemplateParam"]) == {
        "docket": filed_case.docket,
        "subject": "调解会通知",
        "code": notice.code,
    }
    assert "您好" not in asked.path
    assert handed.receipt == "B-7"
    signed = aliyun(gateway).signed(
        action="SendSms",
        version="2017-05-25",
        query=urlsplit(asked.path).query,
        at=asked.headers["x-acs-date"],
        nonce=asked.headers["x-acs-signature-nonce"],
    )
    assert asked.headers["authorization"] == signed["Authorization"], "what was signed is what was sent"


@pytest.mark.parametrize(
    ("status", "code", "failure"),
    [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", NeverWill),
        (200, "isv.BUSINESS_LIMIT_CONTROL", TryLater),
        (200, "isv.AMOUNT_NOT_ENOUGH", TryLater),
        (400, "SignatureDoesNotMatch", TryLater),
        (503, "isp.SYSTEM_ERROR", TryLater),
    ],
)
def test_aliyun_errors_are_told_apart(gateway, status, code, failure) -> None:
    gateway.status, gateway.answer = status, {"Code": code, "Message": "m"}

    with pytest.raises(failure, match=code):
        aliyun(gateway).send(a_message())


# ---- 状态报告


@pytest.fixture
def sent(settings, gateway, monkeypatch, filed_case) -> Notice:
    """A message that the gateway took a minute ago under the number R-1."""
    settings.SMS_REPORT_SECRET = SECRET
    notice = a_message(filed_case)
    monkeypatch.setattr(delivery, "adapter", lambda name: ours(gateway))
    Notice.objects.exclude(pk=notice.pk).delete()
    assert delivery.deliver_due() == 1
    Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now() - timedelta(minutes=1))
    return notice


def report(body: Any, *, nonce: str = "", age_s: int = 0, secret: str = SECRET, **changes: str) -> Any:
    text = json.dumps(body).encode() if not isinstance(body, bytes) else body
    path, timestamp, nonce = reverse("sms_reports"), str(int(time.time()) - age_s), nonce or new_code() * 2
    signature = sign_lines(secret, path=path, timestamp=timestamp, nonce=nonce, body=text)
    headers = {"X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signature, **changes}
    return Client().post(path, text, content_type="application/json", headers=headers)


def test_a_signed_report_says_when_the_message_arrived(sent) -> None:
    at = (timezone.now() - timedelta(seconds=30)).replace(microsecond=0)
    answer = report({"id": "R-1", "receipt": "R-1", "status": "DELIVRD", "at": at.isoformat()})

    assert (answer.status_code, answer.json()["new"]) == (200, 1)
    sent.refresh_from_db()
    assert (sent.arrived_at, sent.report) == (at, "DELIVRD")


def test_aliyuns_own_shape_is_read_too_and_by_our_number(sent) -> None:
    row = {"phone_number": sent.phone, "success": True, "err_code": "DELIVERED", "out_id": sent.code}
    row |= {"biz_id": "other", "report_time": f"{timezone.localtime():%Y-%m-%d %H:%M:%S}"}
    assert report([row, {"biz_id": "unknown", "success": True}]).json()["new"] == 1
    sent.refresh_from_db()
    assert sent.arrived_at


def test_an_undelivered_report_fails_the_message_and_the_office_hears_of_it(
    sent, filed_case, officer
) -> None:
    report({"id": sent.code, "status": "UNDELIV"})

    sent.refresh_from_db()
    assert (sent.state, sent.problem, sent.arrived_at) == (Notice.State.FAILED, "UNDELIV", None)
    assert Entry.objects.filter(chain=filed_case.chain, event="notice.fail").count() == 1
    assert Notice.objects.filter(kind="notice.fail", to=officer).count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "another"},
        {"age_s": 3600},
        {"age_s": -3600},
        {"X-Signature": ""},
        {"X-Nonce": "short"},
        {"X-Timestamp": "soon"},
        {"X-Timestamp": "²"},
    ],
)
def test_a_report_that_nobody_signed_proves_nothing(sent, changes) -> None:
    assert report({"id": "R-1", "receipt": "R-1", "status": "DELIVRD"}, **changes).status_code == 403
    sent.refresh_from_db()
    assert sent.arrived_at is None


def test_a_report_counts_once_however_often_it_is_played_again(sent) -> None:
    nonce = "n" * 16
    assert report({"id": sent.code, "status": "UNDELIV"}, nonce=nonce).status_code == 200
    assert report({"id": sent.code, "status": "DELIVRD"}, nonce=nonce).status_code == 403
    assert report({"id": sent.code, "status": "UNDELIV"}).json()["new"] == 0


def test_a_report_about_another_number_or_from_the_future_is_not_believed(sent) -> None:
    assert report({"id": sent.code, "status": "DELIVRD", "phone": "13900000009"}).json()["new"] == 0
    report({"id": sent.code, "status": "DELIVRD", "at": "2099-01-01T00:00:00+08:00"})
    sent.refresh_from_db()
    assert sent.arrived_at <= timezone.now()


@pytest.mark.parametrize("body", [b"{half", b"[1]", b"[" * 5000, json.dumps([{}] * 1001).encode()])
def test_what_cannot_be_read_is_said_to_be_so(sent, body) -> None:
    assert report(body).status_code == 400


def test_without_a_secret_there_is_no_such_address(settings, sent) -> None:
    settings.SMS_REPORT_SECRET = ""
    assert report({"id": "R-1"}, secret="").status_code == 404
