"""An old phone, or a network that loads no script: plain forms lead all the way to the docket number."""

import re

from tests.journeys import intake, samples


def test_a_dispute_is_filed_with_photo_and_voice_but_no_script(come, tmp_path) -> None:
    citizen, phone = come("citizen", java_script_enabled=False), samples.new_phone()

    docket = intake.by_plain_forms(
        citizen,
        photo=samples.picture(tmp_path, "合同.jpg"),
        voice=samples.dialect_clip(),
        phone=phone,
    )

    assert re.fullmatch(r"\d{4}-\d{4}", docket)
    citizen.sign_in_by_phone(phone)
    citizen.sees(docket)
    citizen.picture("my-cases")
