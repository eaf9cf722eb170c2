"""`manage.py export_packet CASE`: the evidence packet of one case, as a court would get it."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case
from evidence.errors import NeverWill, TryLater
from mediation.court.packet import make_packet

PATIENCE_S = 60.0


class Command(BaseCommand):
    """Waits until the log covers every entry of the case. The export is remembered in the chain of the case."""

    help = "Write the evidence packet of a case (docket or id), and print its fingerprint."

    def add_arguments(self, parser: CommandParser) -> None:
        """CASE, --to, --wait."""
        parser.add_argument(
            "case", metavar="CASE", help="the docket, such as 2026-0007, or the id of the case"
        )
        parser.add_argument("--to", type=Path, help="the file to write (default: CASE.zip here)")
        parser.add_argument(
            "--wait",
            type=float,
            default=PATIENCE_S,
            help="seconds to wait for the log (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the packet; exit code 1 where there is none yet, with the reason."""
        case = _find(options["case"])
        target: Path = options["to"] or Path(f"{case.docket or case.pk}.zip")
        if not target.parent.is_dir():
            raise CommandError(_("There is no folder %(folder)s.") % {"folder": target.parent})
        try:
            summary = make_packet(case, target, within_s=options["wait"])
        except TryLater as error:
            raise CommandError(
                _("There is no packet yet: %(why)s. Is the log running (`manage.py run_log`)?")
                % {"why": error}
            ) from error
        except (Refusal, NeverWill) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{target}\n"
            f"  fingerprint  {summary.fingerprint}\n"
            f"  case         {summary.case}\n"
            f"  entries      {summary.count} ({len(summary.withheld)} without their content)\n"
            f"  files        {summary.files}\n"
            f"  checkpoint   {summary.size}\n"
            f"  policy       {settings.EVIDENCE_POLICY}"
        )


def _find(name: str) -> Case:
    found = Case.objects.filter(docket=name).first()
    if found is None:
        try:
            found = Case.objects.filter(pk=UUID(name)).first()
        except ValueError:
            found = None
    if found is None:
        raise CommandError(_("There is no case %(name)s.") % {"name": name})
    return found
