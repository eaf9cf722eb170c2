"""Port CourtGateway: how an application reaches the court. The local one hands it to the court's door of this site."""

import json
from pathlib import Path
from typing import Protocol

from evidence.errors import TryLater
from mediation.court.models import JointApplication
from mediation.court.packet import read_packet


class CourtGateway(Protocol):
    """Delivers a joint application with its packet."""

    name: str

    def deliver(self, application: JointApplication) -> None:
        """Hand the application over. Raise TryLater if it may work later, NeverWill if it cannot."""
        ...

    def problems(self) -> list[str]:
        """What an operator must mend before this gateway can serve; empty when ready."""
        ...


class LocalCourtGateway:
    """The court works at its own door of this site: nothing has to be carried anywhere."""

    name = "local"

    def deliver(self, application: JointApplication) -> None:
        """Nothing to do: the court's door reads the application itself."""

    def problems(self) -> list[str]:
        """Nothing is needed."""
        return []


class FolderCourtGateway:
    """Puts each application into a folder that the court's own system reads: packet.zip and application.json."""

    name = "folder"

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def deliver(self, application: JointApplication) -> None:
        """Write both files; the JSON last, so that a reader never meets half a delivery."""
        target = self.folder / str(application.case.docket)
        try:
            target.mkdir(parents=True, exist_ok=True)
            with (target / "packet.zip").open("wb") as packet:
                packet.writelines(read_packet(application))
            told = {
                "docket": application.case.docket,
                "agreement": application.agreement.number,
                "court": application.court.name,
                "sha256": application.packet_sha256,
                "fingerprint": application.packet_fingerprint,
            }
            (target / "application.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        except OSError as error:
            raise TryLater(str(error)) from error

    def problems(self) -> list[str]:
        """Whether the folder can be written to."""
        return [] if self.folder.parent.is_dir() else [f"the folder {self.folder} cannot be made"]


class FailingCourtGateway:
    """The failing twin: the court never answers."""

    name = "failing"

    def deliver(self, application: JointApplication) -> None:
        """Always raise TryLater."""
        raise TryLater("the court's system does not answer")

    def problems(self) -> list[str]:
        """Says that it never works."""
        return ["this gateway always fails"]
