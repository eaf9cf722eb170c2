"""E-mail addresses: named by their owner, confirmed by a code that was sent there, taken back at any time."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import User
from mediation.notices.at_once import send_unkept
from mediation.notices.models import EmailAddress, Notice

CODE_LIVES = timedelta(minutes=30)
CODES_A_DAY = 5
TRIES_A_CODE = 5
LONGEST = 254  # characters (RFC 5321)


def confirmed_addresses(people: Iterable[User]) -> dict[int, str]:
    """The confirmed address of each of these people, by their number; people without one are left out."""
    found = EmailAddress.objects.filter(
        person__in=[one.pk for one in people], confirmed_at__isnull=False, removed_at__isnull=True
    )
    return {one.person_id: str(one.address) for one in found}


def clean_address(text: str) -> str:
    """The address without spaces around it. Raises Refusal in plain words."""
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refusal(_("Please check the e-mail address. It looks like name@example.com.")) from error
    if len(address) > LONGEST:
        raise Refusal(_("This e-mail address is too long."))
    return address


def name_address(*, person: User, address: str) -> EmailAddress:
    """Keep the address and send a code there. It is not written to before the code was typed.

    Raises Refusal: no address, too many codes, or the mail could not be sent.
    """
    clean = clean_address(address)
    code = f"{secrets.randbelow(1_000_000):06d}"
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        day_ago = timezone.now() - timedelta(days=1)
        if person.email_addresses.filter(sent_at__gt=day_ago).count() >= CODES_A_DAY:
            raise Refusal(_("Too many codes were sent today. Please try tomorrow, or call us."))
        waiting = person.email_addresses.filter(confirmed_at__isnull=True, removed_at__isnull=True)
        waiting.update(removed_at=timezone.now())
        named: EmailAddress = person.email_addresses.create(address=clean)
        named.digest = _digest(named, code)
        named.save(update_fields=["digest"])
    _send_code(clean, code)
    return named


def _send_code(address: str, code: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        body = _("Your code is %(code)s. It holds for 30 minutes. If you did not ask for it, do nothing.")
        message = Notice(
            email=address,
            channel=Notice.Channel.EMAIL,
            kind="email.code",
            subject=_("Confirm your e-mail address"),
            body=body % {"code": code},
            code="",
        )
        send_unkept(
            message,
            code=code,
            later=_("The e-mail could not be sent just now. Please try again in a minute."),
            never=_("No e-mail can be sent to this address. Please check it."),
        )


def confirm_address(*, person: User, code: str) -> EmailAddress:
    """The owner typed the code: from now on messages go there. An earlier address is given up.

    Raises Refusal: wrong, too old, or tried too often.
    """
    with transaction.atomic():
        waiting = person.email_addresses.select_for_update().filter(
            confirmed_at__isnull=True, removed_at__isnull=True
        )
        named = waiting.first()
        fresh = bool(named and named.sent_at > timezone.now() - CODE_LIVES and named.tries < TRIES_A_CODE)
        right = bool(named and secrets.compare_digest(named.digest, _digest(named, "".join(code.split()))))
        if named:
            named.tries += 1
            named.save(update_fields=["tries"])
        if named and fresh and right:
            now = timezone.now()
            _confirmed_of(person).update(removed_at=now)
            named.confirmed_at, named.digest = now, ""
            named.save(update_fields=["confirmed_at", "digest"])
            return named
    if not fresh:
        raise Refusal(_("This code is too old or was tried too often. Please ask for a new one."))
    raise Refusal(_("This code is not right. Please check the six digits in the e-mail."))


@transaction.atomic
def remove_address(*, person: User) -> int:
    """No more e-mail to this person. Returns how many addresses were given up."""
    return person.email_addresses.filter(removed_at__isnull=True).update(removed_at=timezone.now(), digest="")


def address_of(person: User) -> EmailAddress | None:
    """The confirmed address, if there is one."""
    return _confirmed_of(person).first()


def waiting_address(person: User) -> EmailAddress | None:
    """The address whose code is still to be typed, if there is one."""
    alive = timezone.now() - CODE_LIVES
    return person.email_addresses.filter(
        confirmed_at__isnull=True, removed_at__isnull=True, sent_at__gt=alive
    ).first()


def _confirmed_of(person: User) -> "QuerySet[EmailAddress]":
    return person.email_addresses.filter(confirmed_at__isnull=False, removed_at__isnull=True)


def _digest(named: EmailAddress, code: str) -> str:
    return salted_hmac("notices.email_code", f"{named.pk}:{code}", algorithm="sha256").hexdigest()
