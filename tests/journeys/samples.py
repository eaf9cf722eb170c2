"""What people bring along: pictures of papers, a spoken story, the words of a dispute."""

import io
import os
import secrets
import warnings
from pathlib import Path

import pypdf
from PIL import Image, ImageDraw

from tests.journeys.running import ROOT

SPEECH = Path(os.environ.get("SHARED_DIR", ROOT.parent / "shared")) / "data" / "speech"
OWN_STORY = ROOT / "mediation" / "hearings" / "demo" / "story.ogg"
OWN_HEARING = ROOT / "mediation" / "hearings" / "demo" / "hearing.ogg"
STORY = (
    "去年五月我在安渝消费金融借了一万块，分十二期，每个月还九百四十三块五毛六。到账只有九千，"
    "扣了一千块服务费，当时没人跟我说。我请厂里会计帮忙算，一年要百分之四十多。我要求退还多收的一千二百块。"
)
ID_NUMBER = "11010519491231002X"  # the specimen of the standard, nobody's
LENDER = "安渝消费金融有限公司"


def dialect_clip() -> Path:
    """Somebody who speaks Sichuan dialect; where that clip is not at hand, the story of the demo."""
    for name in ("chuan_001.wav", "chuan_003.wav", "chuan_004.wav"):
        if (SPEECH / name).is_file():
            return SPEECH / name
    warnings.warn(f"skipped: no dialect clip in {SPEECH}; the demo's own story stands in", stacklevel=2)
    return OWN_STORY


def picture(folder: Path, name: str) -> Path:
    """A photographed paper; another name gives another paper."""
    paper = Image.new("RGB", (1000, 1400), "#f8f6ee")
    draw, seed = ImageDraw.Draw(paper), sum(name.encode())
    for line in range(20):
        draw.rectangle((90, 140 + line * 60, 910 - (line * seed) % 400, 152 + line * 60), fill="#55524a")
    path = folder / name
    paper.save(path, "JPEG", quality=85)
    return path


def new_phone() -> str:
    """A mobile number that nobody on the site has used."""
    return f"139{secrets.randbelow(10**8):08d}"


def pdf_text(content: bytes) -> str:
    """All words of a PDF, without any white space."""
    assert content.startswith(b"%PDF"), content[:200]
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "".join("".join((page.extract_text() or "").split()) for page in pages)
