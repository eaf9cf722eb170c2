"""`manage.py similar --story FILE --k 10 --json`: the settled cases nearest to a story, each with its reasons."""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cases.claims import ClaimKind, Remedy
from cases.rules.caps import Licence
from cases.services.asking import query_of, read_facts
from cases.services.indexing import embedder
from cases.services.shelf import library
from cases.similarity.search import Hit, Only

LONGEST = 100_000  # characters of a story


class Command(BaseCommand):
    """Prints text, or with `--json` one JSON object. A story that cannot be read is refused in plain words."""

    help = (
        "Find the settled cases nearest to a story (FILE, or - for the standard input). "
        "What no option says of it is read out of the story and printed as `asked`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--story", required=True, metavar="FILE", help="a text file; - reads the standard input"
        )
        parser.add_argument("--k", type=int, default=10, help="how many cases, 1 to 100")
        parser.add_argument(
            "--cause", choices=ClaimKind.values, help="the kind of dispute, if it is known; else it is read"
        )
        parser.add_argument("--only-cause", action="append", choices=ClaimKind.values, default=[])
        parser.add_argument("--only-licence", action="append", choices=Licence.values, default=[])
        parser.add_argument("--only-remedy", action="append", choices=Remedy.values, default=[])
        parser.add_argument("--claim-fen", type=int, help="what is asked for, in fen; else it is read")
        parser.add_argument("--least-fen", type=int, help="only cases about as much or more")
        parser.add_argument("--most-fen", type=int, help="only cases about as much or less")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="only cases closed by that day, as 2026-01-31"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["k"] <= 100:
            raise CommandError(_("--k must be from 1 to 100."))
        text = _story(options["story"])
        query = query_of(
            text,
            cause=options["cause"],
            claim_fen=options["claim_fen"],
            until=options["until"],
            only=Only(
                causes=frozenset(options["only_cause"]),
                licences=frozenset(options["only_licence"]),
                remedies=frozenset(options["only_remedy"]),
                least_fen=options["least_fen"],
                most_fen=options["most_fen"],
            ),
        )
        answer = library().nearest(query, options["k"])
        told = {
            "model": embedder().name,
            "asked": read_facts(query),
            "enough": answer.enough,
            "hits": [as_record(hit) for hit in answer.hits],
        }
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for number, hit in enumerate(answer.hits, start=1):
            self.stdout.write(f"{number}. {hit.doc.key}  {hit.score:.3f}  {'；'.join(map(str, hit.reasons))}")
        if answer.words:
            self.stdout.write(str(answer.words))


def as_record(hit: Hit) -> dict[str, Any]:
    """A hit as data: reasons with their key and values as well as in words, passages with shared words marked."""
    doc = hit.doc
    return {
        "key": doc.key,
        "score": round(hit.score, 4),
        "parts": {name: round(part, 4) for name, part in hit.parts.items()},
        "cause": doc.cause or "",
        "licence": doc.licence,
        "product": doc.product,
        "claim_fen": doc.claim_fen,
        "settled_fen": doc.settled_fen,
        "remedies": list(doc.remedies),
        "closed_on": doc.closed_on.isoformat() if doc.closed_on else None,
        "is_sample": doc.is_sample,
        "reasons": [
            {
                "key": reason.key,
                "same": reason.same,
                "words": str(reason),
                "values": {name: str(value) for name, value in reason.values.items()},
            }
            for reason in hit.reasons
        ],
        "shared": list(hit.shared),
        "passages": [
            [{"text": piece.text, "shared": piece.shared} for piece in passage] for passage in hit.passages
        ],
    }


def _story(path: str) -> str:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("The file %(path)s cannot be read.") % {"path": path}) from error
    if not text.strip():
        raise CommandError(_("The story is empty. Write what happened, then try again."))
    return text.strip()[:LONGEST]
