"""Citizens sign in by a code sent to their phone; the code is short-lived, used once, and counted."""

import re
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Case, Party, PhoneCode, User
from cases.roles import Role
from cases.services.steps import remember
from evidence.sealing import blind_index

CODE_LIVES = timedelta(minutes=10)
CODES_AN_HOUR, CODES_A_DAY = 6, 15
TRIES_A_CODE = 5
MOBILE = re.compile(r"1[3-9][0-9]{9}")


def clean_phone(text: str) -> str:
    """The eleven digits of a mainland mobile number. Raises Refusal in plain words."""
    digits = re.sub(r"[\s\-()（）]", "", text.translate(str.maketrans("０１２３４５６７８９", "0123456789")))
    digits = digits.removeprefix("+86").removeprefix("0086")
    if not MOBILE.fullmatch(digits):
        raise Refusal(_("Please check the phone number: a mobile number has 11 digits and begins with 1."))
    return digits


def citizen_with(*, phone: str, name: str = "") -> User:
    """The citizen with this phone, made if new. A name that is already there is kept."""
    index = blind_index(phone, purpose="phone")
    citizen, _made = User.objects.get_or_create(
        username=f"c-{index[:32]}",
        defaults={"role": Role.CITIZEN, "phone": phone, "phone_index": index, "name": name, "password": "!"},
    )
    if name and not citizen.name:
        citizen.name = name
        citizen.save(update_fields=["name"])
    return citizen


@transaction.atomic
def make_code(*, phone: str) -> str:
    """A new six-digit code for this phone; the caller sends it. Raises Refusal when too many were asked for."""
    index = blind_index(phone, purpose="phone")
    now = timezone.now()
    sent = PhoneCode.objects.filter(phone_index=index, sent_at__gt=now - timedelta(days=1))
    list(sent.select_for_update())  # requests at the same moment count one after the other
    times = list(sent.values_list("sent_at", flat=True))
    if sum(at > now - timedelta(hours=1) for at in times) >= CODES_AN_HOUR:
        raise Refusal(_("Too many codes were sent to this phone. Please wait an hour, or call us."))
    if len(times) >= CODES_A_DAY:
        raise Refusal(_("Too many codes were sent to this phone today. Please try tomorrow, or call us."))
    code = f"{secrets.randbelow(1_000_000):06d}"
    PhoneCode.objects.create(phone_index=index, digest=_digest(index, code))
    return code


def use_code(*, phone: str, code: str) -> None:
    """Accept the code once. Raises Refusal: wrong, too old, used, or tried too often."""
    index = blind_index(phone, purpose="phone")
    with transaction.atomic():
        latest = PhoneCode.objects.select_for_update().filter(phone_index=index, used_at__isnull=True).first()
        fresh = latest and latest.sent_at > timezone.now() - CODE_LIVES and latest.tries < TRIES_A_CODE
        right = bool(latest and fresh and secrets.compare_digest(latest.digest, _digest(index, code.strip())))
        if latest:
            latest.tries += 1
            latest.used_at = timezone.now() if right else None
            latest.save()
    if not fresh:
        raise Refusal(_("This code is too old or was tried too often. Please ask for a new one."))
    if not right:
        raise Refusal(_("This code is not right. Please check the six digits in the text message."))


@transaction.atomic
def complete_party(*, case_id: UUID, person: User, id_number: str, address: str) -> Party:
    """The citizen adds the identity number and the address that an agreement must name (民诉法解释 Art 354)."""
    case = Case.objects.select_for_update().get(pk=case_id)
    party = case.party_of(person)
    if party is None or person.role != Role.CITIZEN:
        raise Refusal(_("This step is not yours to take."))
    party.id_number = clean_id_number(id_number)
    if not address.strip():
        raise Refusal(_("Please give the address where papers reach you."))
    party.address = address.strip()
    party.save()
    remember(case, "party.complete", by=person)
    return party


def clean_id_number(text: str) -> str:
    """The 18 characters of an identity number, its check digit verified (GB 11643-1999). Raises Refusal."""
    number = (
        text.strip()
        .upper()
        .translate(str.maketrans("０１２３４５６７８９Ｘ", "0123456789X"))
        .replace(" ", "")
    )
    if re.fullmatch(r"[0-9]{17}[0-9X]", number):
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        rest = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11
        if "10X98765432"[rest] == number[17]:
            return number
    raise Refusal(_("This identity number is not right. Please check all 18 characters on the card."))


def _digest(index: str, code: str) -> str:
    return salted_hmac("cases.phone_code", f"{index}:{code}", algorithm="sha256").hexdigest()
