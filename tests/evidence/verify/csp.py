"""The fingerprints of its own script and style in verify.html.

`python -m tests.evidence.verify.csp` says whether they fit; with `--write` it puts in the right ones.
"""

import base64
import hashlib
import re
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "evidence" / "verify" / "verify.html"
POLICY = "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'"
META = re.compile(r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(">)')


def said(page: str) -> str:
    """The policy that the page declares."""
    found = META.search(page)
    return found.group(2) if found else ""


def wanted(page: str) -> str:
    """The policy that fits its one script and its one style."""
    return POLICY.format(script=_fingerprint(page, "script"), style=_fingerprint(page, "style"))


def _fingerprint(page: str, tag: str) -> str:
    parts = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    if len(parts) != 1 or page.count(f"<{tag}") != 1:
        raise ValueError(f"the page must have exactly one <{tag}>")
    return "sha256-" + base64.b64encode(hashlib.sha256(parts[0].encode()).digest()).decode()


def main() -> int:
    page = PAGE.read_text(encoding="utf-8")
    if said(page) == wanted(page):
        sys.stdout.write("The fingerprints fit.\n")
        return 0
    if "--write" in sys.argv[1:]:
        PAGE.write_text(META.sub(lambda m: m[1] + wanted(page) + m[3], page), encoding="utf-8")
        sys.stdout.write("Written.\n")
        return 0
    sys.stdout.write("They do not fit: python -m tests.evidence.verify.csp --write\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
