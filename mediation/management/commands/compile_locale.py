"""`manage.py compile_locale`: make the .mo files from locale/ without needing gettext on the machine."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed


class Command(BaseCommand):
    """Compile each catalogue that is newer than its compiled twin; this process reads the new one from then on."""

    help = "Compile locale/*/LC_MESSAGES/django.po, where they changed."

    def handle(self, *args: Any, **options: Any) -> None:
        for source in Path(settings.LOCALE_PATHS[0]).glob("*/LC_MESSAGES/django.po"):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            polib.pofile(str(source)).save_as_mofile(str(target))
            translation_file_changed(None, target)
            if options["verbosity"]:
                self.stdout.write(f"compiled {source.parent.parent.name}")
