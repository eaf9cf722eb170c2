"""The people whom the demo brings along, and how to sign in as each of them. Never used outside the demo."""

from dataclasses import dataclass

from cases.models import User
from cases.roles import Role

PASSWORD = "mediation-demo"  # noqa: S105 — public on purpose, written on the sign-in page of the demo


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Someone who signs in by name and password."""

    username: str
    name: str
    role: Role
    password: str = PASSWORD
    house: int = 0  # which of the demo's lenders, for an institution's account


ACCOUNTS = (
    DemoAccount("officer", "周受理", Role.OFFICER),
    DemoAccount("mediator", "林调解", Role.MEDIATOR),
    DemoAccount("mediator2", "何调解", Role.MEDIATOR),
    DemoAccount("lender", "钱经办", Role.INSTITUTION),
    DemoAccount("bank", "陆经办", Role.INSTITUTION, house=1),
    DemoAccount("micro", "孟经办", Role.INSTITUTION, house=2),
    DemoAccount("auto", "尹经办", Role.INSTITUTION, house=3),
    DemoAccount("campus", "方经办", Role.INSTITUTION, house=4),
    DemoAccount("judge", "沈法官", Role.COURT),
)
# Citizens sign in by phone and code; the code appears on the page of sent messages.
CITIZENS = (
    ("杨小满", "13800000001"),
    ("周大勇", "13800000002"),
    ("何秀英", "13800000003"),
    ("陈立夏", "13800000004"),
    ("吴阿强", "13800000005"),
    ("林晚秋", "13800000006"),
)


def demo_accounts() -> list[DemoAccount]:
    """Those of the accounts that are in the database, in the order of a case's way."""
    present = set(
        User.objects.filter(
            username__in=[account.username for account in ACCOUNTS], is_active=True
        ).values_list("username", flat=True)
    )
    return [account for account in ACCOUNTS if account.username in present]
