"""阿里云短信服务: SendSms of 2017-05-25, signed with ACS3-HMAC-SHA256. Texts are templates; we fill in what varies."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from mediation.notices.models import Notice
from mediation.notices.notifier import Handed, NeverWill, TryLater
from mediation.notices.sms import exchange, said, travels_safely

ALGORITHM = "ACS3-HMAC-SHA256"
# What no second try can mend: the number, or the text itself. Limits, balance and keys are for the operator to mend.
FINAL_CODES = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.INVALID_PARAMETERS",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
    }
)
LONGEST_VALUE = 35  # characters of one variable of a template


class AliyunSmsNotifier:
    """Sends by a template with `docket`, `subject` and `code` to fill in; sign-in codes by one with `code` alone."""

    def __init__(
        self,
        *,
        access_key: str,
        secret: str,
        sign: str,
        template: str,
        code_template: str,
        url: str = "https://dysmsapi.aliyuncs.com/",
        timeout_s: float = 10.0,
    ) -> None:
        self.access_key, self.secret, self.sign = access_key, secret, sign
        self.template, self.code_template = template, code_template
        self.url, self.timeout_s = url, timeout_s

    def send(self, notice: Notice) -> Handed:
        """Send it now; gives up after `timeout_s` seconds. Raises TryLater, NeverWill."""
        if not notice.phone:
            raise NeverWill(_("There is no phone number."))
        if problems := self.problems():
            raise TryLater(problems[0])
        query = canonical_query(self._params(notice))
        headers = self.signed(
            action="SendSms",
            version="2017-05-25",
            query=query,
            at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            nonce=secrets.token_hex(16),
        )
        _status, answer = exchange(f"{self.url}?{query}", body=b"", headers=headers, timeout_s=self.timeout_s)
        code, told = str(answer.get("Code", "")), said(answer.get("Code"), answer.get("Message"))
        if code == "OK":
            return Handed(answer=told, receipt=str(answer.get("BizId", ""))[:80])
        raise (NeverWill if code in FINAL_CODES else TryLater)(told or "no answer that can be read")

    def problems(self) -> list[str]:
        """Names every setting that is missing, and an address that is not HTTPS."""
        needed = ("access_key", "secret", "sign", "template", "code_template")
        found = [f"AliyunSmsNotifier: {name} is not set" for name in needed if not getattr(self, name)]
        if not travels_safely(self.url):
            found.append("AliyunSmsNotifier: url must begin with https://")
        return found

    def _params(self, notice: Notice) -> dict[str, str]:
        if notice.values:
            template, values = self.code_template, dict(notice.values)
        else:
            docket = (notice.case.docket if notice.case else "") or "—"
            template = self.template
            values = {"docket": docket, "subject": notice.subject, "code": notice.code}
        cut = {name: value[:LONGEST_VALUE] for name, value in values.items()}
        return {
            "PhoneNumbers": notice.phone,
            "SignName": self.sign,
            "TemplateCode": template,
            "TemplateParam": json.dumps(cut, ensure_ascii=False),
            "OutId": notice.code or secrets.token_hex(8),
        }

    def signed(self, *, action: str, version: str, query: str, at: str, nonce: str) -> dict[str, str]:
        """The headers of a POST without a body; `query` is canonical, `at` UTC as 2023-10-26T10:22:32Z."""
        digest = hashlib.sha256(b"").hexdigest()
        headers = {
            "host": urlsplit(self.url).netloc,
            "x-acs-action": action,
            "x-acs-content-sha256": digest,
            "x-acs-date": at,
            "x-acs-signature-nonce": nonce,
            "x-acs-version": version,
        }
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical = "\n".join(["POST", urlsplit(self.url).path or "/", query, lines, names, digest])
        told = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self.secret.encode(), told.encode(), hashlib.sha256).hexdigest()
        headers["Authorization"] = (
            f"{ALGORITHM} Credential={self.access_key},SignedHeaders={names},Signature={signature}"
        )
        return headers


def canonical_query(params: Mapping[str, Any]) -> str:
    """The parameters by name, percent-encoded after RFC 3986."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(params.items()))


def _encoded(value: object) -> str:
    return quote(str(value), safe="-_.~")
