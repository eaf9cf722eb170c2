"""What a citizen sends: whole answers to the eight questions, small files of each kind."""

import io
import wave
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from cases.models import Case
from tests.factories import STORY

PHONE = "13800138000"
ANSWERS: dict[str, dict[str, Any]] = {
    "who": {"respondent": "甲消费金融公司", "licence": "consumer_finance"},
    "trouble": {"kind": "high_rate"},
    "money": {"amount": "三千五", "principal": "1万", "received": "9,000"},
    "story": {"story": STORY},
    "when": {
        "contract_on": "2024年5月12日",
        "product": "消费贷",
        "contract_no": "JF-1",
        "place": "样例市",
    },
    "evidence": {},
    "wish": {"remedies": ["refund", "stop_collection"], "wanted": "退钱"},
    "contact": {
        "name": "杨小满",
        "phone": "138 0013 8000",
        "address": "样例市平安里2号",
        "e_delivery": "on",
        "agreed": "on",
    },
}


def question(slug: str) -> str:
    return reverse("portal:question", args=[slug])


def answer(client: Client, slug: str, **changes: Any) -> Any:
    """Send one question as a browser without JavaScript does."""
    return client.post(question(slug), {**ANSWERS[slug], **changes})


def answer_all(client: Client, *, but: tuple[str, ...] = (), **changes: dict[str, Any]) -> Case:
    """Send all eight; returns the draft."""
    for slug in ANSWERS:
        if slug not in but:
            response = answer(client, slug, **changes.get(slug, {}))
            assert response.status_code == 302, response.content.decode()
    return draft(client)


def draft(client: Client) -> Case:
    return Case.objects.get(pk=client.session["draft"])


def photo(name: str = "借条.jpg", colour: str = "white") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), content_type="image/jpeg")


def sound(seconds: float = 1.0, name: str = "经过.wav") -> SimpleUploadedFile:
    """Silence, as a WAV file of 8 kHz."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(int(8000 * seconds) * 2))
    return SimpleUploadedFile(name, buffer.getvalue(), content_type="audio/wav")
