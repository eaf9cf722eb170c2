"""Messages that leave no row, such as a code: sent while the person waits, kept nowhere."""

from cases.errors import Refusal
from mediation.adapters import adapter
from mediation.notices.models import Notice
from mediation.notices.notifier import NeverWill, TryLater


def send_unkept(message: Notice, *, code: str, later: str, never: str) -> None:
    """Send it now, with its code. Raises Refusal, saying `later` or `never`, when it cannot be sent."""
    message.values = {"code": code}
    try:
        adapter(f"notifier.{message.channel}").send(message)
    except TryLater as error:
        raise Refusal(later) from error
    except NeverWill as error:
        raise Refusal(never) from error
