"""`manage.py witness`: the same as `python -m evidence.witness`."""

from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evidence.witness.__main__ import ABOUT, add_options, run


class Command(BaseCommand):
    """Run a witness, or make its key. It uses neither the database nor the settings of the site."""

    help = ABOUT
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if code := run(Namespace(**options)):
            raise CommandError("The witness did not start.", returncode=code)
