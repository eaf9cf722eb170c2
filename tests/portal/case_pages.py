"""Ways into the pages of a case, for tests of both sides."""

import io
from http import HTTPStatus

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from cases.models import Case

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def picture(name: str = "合同.png", colour: str = "#ccd") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), content_type="image/png")


def act(case: Case, name: str, pk: int | None = None, door: str = "portal") -> str:
    if pk is None:
        return reverse(f"{door}:act", args=[case.docket, name])
    return reverse(f"{door}:act_on", args=[case.docket, name, pk])


def page_of(client, case: Case) -> str:
    answer = client.get(reverse("portal:case", args=[case.docket]))
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)
