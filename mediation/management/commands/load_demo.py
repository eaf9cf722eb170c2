"""`manage.py load_demo`: invented people, a dozen cases at different stages, the library of settled samples."""

from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from cases.models import Case, Precedent
from mediation.celery import app
from mediation.demo import cases, houses
from mediation.demo.people import CITIZENS, demo_accounts
from mediation.demo.stories import STORIES, Story


class Command(BaseCommand):
    """Loading twice changes nothing. A load that was interrupted goes on with the cases that are missing."""

    help = "Load the demo: people, cases and settled samples."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.USE_DEMO:
            raise CommandError("USE_DEMO is off: this site takes no invented people.")
        centre = houses.build()
        self._load_library()
        self._load_cases(centre)
        self._tell_accounts()

    def _load_library(self) -> None:
        if not Precedent.objects.exists():
            self.stdout.write("· 先例库 Loading settled samples …")
            call_command("load_precedents", stdout=self.stdout)

    def _load_cases(self, centre: Any) -> None:
        if Case.objects.filter(is_sample=True).count() >= len(cases.WAYS):
            return
        self.stdout.write("· 演示案件 Loading demo cases …")
        known = set(Case.objects.filter(is_sample=True).values_list("amount_fen", "loan__product", "kind"))
        eager = app.conf.task_always_eager
        app.conf.task_always_eager = True  # papers and notices at once: no worker runs yet
        try:
            missing = [key for key in cases.WAYS if _figures(STORIES[key]) not in known]
            # Writing a recording down takes a minute: the worker finds the row and does it after the start.
            with patch("mediation.hearings.tasks.transcribe.delay"):
                built = cases.build(missing, centre)
            for case in built:
                case.refresh_from_db()
                self.stdout.write(f"  {case.docket} {case.get_kind_display()} · {case.get_stage_display()}")
        finally:
            app.conf.task_always_eager = eager

    def _tell_accounts(self) -> None:
        self.stdout.write("\n  演示账号 Demo accounts")
        for account in demo_accounts():
            self.stdout.write(
                f"    {account.role.label}  {account.username} / {account.password}  {account.name}"
            )
        for name, phone in CITIZENS[:2]:
            self.stdout.write(f"    新市民  {phone}  {name}（验证码见 /demo/messages/）")


def _figures(story: Story) -> tuple[int, str, str]:
    """What tells a demo case from the others."""
    return story.amount_fen, story.product, story.kind
