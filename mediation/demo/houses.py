"""The invented court, centre, lenders and people of the demo."""

from cases.models import Centre, Court, Institution, Licence, User
from cases.roles import Role
from evidence.sealing import blind_index
from mediation.demo.people import ACCOUNTS, CITIZENS

LENDERS = (
    ("安渝消费金融有限公司", "安渝消费金融", Licence.CONSUMER_FINANCE, "91500000MA0SAMPLE1", "何静"),
    ("江州商业银行股份有限公司", "江州银行", Licence.BANK, "91500000MA0SAMPLE2", "陆远"),
    ("乙通小额贷款有限公司", "乙通小贷", Licence.MICROLENDER, "91500000MA0SAMPLE3", "孟凡"),
    ("丙车汽车金融有限公司", "丙车金融", Licence.AUTO_FINANCE, "91500000MA0SAMPLE4", "尹青"),
    ("丁学助贷信息服务有限公司", "丁学助贷", Licence.PLATFORM, "91500000MA0SAMPLE5", "方舟"),
)
PROFILES = {
    "mediator": "从事金融纠纷调解八年，会四川话。擅长消费贷款、信用卡分期。不收费。",
    "mediator2": "律师，兼职调解员，会粤语。擅长保险搭售、汽车贷款。不收费。",
}


def build() -> Centre:
    """Make the houses and the staff, once; return the centre."""
    court, _made = Court.objects.get_or_create(code="江0199", defaults={"name": "江州市滨江区人民法院"})
    centre, _made = Centre.objects.get_or_create(
        code="JZ01",
        defaults={
            "name": "江州市新市民金融纠纷调解中心",
            "phone": "023-5550 0142",
            "address": "江州市滨江区和平路18号",
            "court": court,
        },
    )
    institutions = [
        Institution.objects.get_or_create(
            name=name,
            defaults={
                "short_name": short,
                "licence": licence,
                "credit_code": code,
                "representative": head,
                "address": "江州市高新区金融街1号",
                "phone": "023-5550 0900",
            },
        )[0]
        for name, short, licence, code, head in LENDERS
    ]
    for account in ACCOUNTS:
        if User.objects.filter(username=account.username).exists():
            continue
        User.objects.create_user(
            username=account.username,
            password=account.password,
            name=account.name,
            role=account.role,
            centre=centre if account.role in {Role.OFFICER, Role.MEDIATOR} else None,
            court=court if account.role == Role.COURT else None,
            institution=institutions[account.house] if account.role == Role.INSTITUTION else None,
            profile=PROFILES.get(account.username, ""),
        )
    return centre


def citizen(number: int) -> User:
    """One of the invented citizens, by place in CITIZENS."""
    name, phone = CITIZENS[number]
    index = blind_index(phone, purpose="phone")
    person, _made = User.objects.get_or_create(
        username=f"c-{index[:32]}",
        defaults={"role": Role.CITIZEN, "name": name, "phone": phone, "phone_index": index, "password": "!"},
    )
    return person
