"""E-mail: docket, subject, link and code, and nothing about anybody. Over SMTP, or into a folder for the demo."""

import smtplib
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from mediation.notices.models import Notice
from mediation.notices.notifier import FileNotifier, Handed, NeverWill, TryLater, link_of, sender_of

BACKEND = "django.core.mail.backends.smtp.EmailBackend"
LONGEST_ANSWER = 200  # characters that are kept of it
PERMANENT = 500  # SMTP codes from here on are final (RFC 5321, 4.2.1)
NOT_THE_MESSAGE = {530, 534, 535, 538}  # the server wants other credentials: for the operator to mend


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail as it is sent."""

    subject: str
    text: str
    html: str


def letter_of(notice: Notice) -> Letter:
    """The e-mail of a notice, in the language of the site.

    It never carries the body: mailboxes are kept where we have no say. A code to confirm an address is the exception.
    """
    with translation.override(settings.LANGUAGE_CODE):
        docket = (notice.case.docket if notice.case else "") or ""
        told = {
            "sender": sender_of(notice),
            "docket": docket,
            "subject": notice.subject,
            "words": notice.body if notice.values else "",
            "link": link_of(notice),
            "code": notice.code,
            "check": f"{settings.SITE_URL}/check-message/" if settings.SITE_URL else "",
            "help_phone": settings.HELP_PHONE,
        }
        subject = f"【{told['sender']}】{notice.subject}" + (f" {docket}" if docket else "")
        return Letter(
            subject=" ".join(subject.split()),
            text=render_to_string("notices/mail.txt", told).strip() + "\n",
            html=render_to_string("notices/mail.html", told),
        )


class SmtpNotifier:
    """A mail server of one's own, by Django's backend. Each message carries a Message-ID made of its code."""

    def __init__(
        self,
        *,
        host: str,
        sender: str,
        port: int = 587,
        user: str = "",
        password: str = "",
        security: str = "starttls",
        timeout_s: float = 15.0,
    ) -> None:
        self.host, self.port, self.sender = host, port, sender
        self.user, self.password = user, password
        self.security, self.timeout_s = security, timeout_s

    def send(self, notice: Notice) -> Handed:
        """Hand it to the server; gives up after `timeout_s` seconds. Raises TryLater, NeverWill."""
        if not notice.email:
            raise NeverWill(_("There is no e-mail address."))
        if problems := self.problems():
            raise TryLater(problems[0])
        letter = letter_of(notice)
        domain = parseaddr(self.sender)[1].rpartition("@")[2]
        receipt = f"<{notice.code or 'code'}.{notice.pk or 0}@{domain}>"
        headers = {"Message-ID": receipt} if notice.code else {}
        mail = EmailMultiAlternatives(
            letter.subject,
            letter.text,
            self.sender,
            [notice.email],
            headers=headers,
            connection=self._connection(),
        )
        mail.attach_alternative(letter.html, "text/html")
        try:
            mail.send(fail_silently=False)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()), (PERMANENT, b""))
            raise _failure(code)(_told(code, words)) from error
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code)(_told(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TryLater(f"{type(error).__name__} {error}"[:LONGEST_ANSWER]) from error
        return Handed(answer=f"250 {self.host}", receipt=receipt if notice.code else "")

    def _connection(self) -> object:
        return get_connection(
            BACKEND,
            host=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.security == "starttls",
            use_ssl=self.security == "ssl",
            timeout=self.timeout_s,
        )

    def problems(self) -> list[str]:
        """Names every setting that is missing or makes no sense."""
        found = [f"SmtpNotifier: {name} is not set" for name in ("host", "sender") if not getattr(self, name)]
        if self.sender and "@" not in parseaddr(self.sender)[1]:
            found.append("SmtpNotifier: sender must be an address, such as 调解中心 <notice@example.org>")
        if self.security not in {"starttls", "ssl", "none"}:
            found.append("SmtpNotifier: security must be starttls, ssl or none")
        if self.security == "none" and self.password:
            found.append(
                "SmtpNotifier: a password would travel in the clear; set security to starttls or ssl"
            )
        if bool(self.user) != bool(self.password):
            found.append("SmtpNotifier: user and password belong together")
        return found


def _failure(code: int) -> type[Exception]:
    return NeverWill if code >= PERMANENT and code not in NOT_THE_MESSAGE else TryLater


def _told(code: int, words: object) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return f"{code} {text}"[:LONGEST_ANSWER]


class FileMailNotifier(FileNotifier):
    """Writes each e-mail as one line of JSON into `folder`, one file a day. For trying the site out: no mail server."""

    def told(self, notice: Notice) -> dict[str, str]:
        """What is written down of a letter."""
        letter = letter_of(notice)
        return {"email": notice.email, "subject": letter.subject, "text": letter.text, "html": letter.html}
