"""Somebody with cookies: gets pages and sends forms over HTTP, without a browser."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request


class Visitor:
    def __init__(self, site: str) -> None:
        self.site = site
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> tuple[int, str]:
        return self._ask(urllib.request.Request(self.site + path))  # noqa: S310

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        _status, page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        return self._ask(urllib.request.Request(self.site + path, data=body))  # noqa: S310

    def sign_in(self, username: str) -> tuple[int, str]:
        return self.post("/sign-in/", username=username, password="mediation-demo")

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
