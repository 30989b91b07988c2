"""Who is in the demonstration: staff, holders, houses; all invented, the same every time."""

import datetime as dt
from dataclasses import dataclass, field

from app.demo.numbers import COUNTIES, card_ending, id_number
from app.domain.terms import Gender, Role

PASSWORD = "anju-demo-2026"  # noqa: S105 - printed, and refused in production
MATCHED = "8801"
"""Cards that end so are the holder's own, says the local card check."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff; the log-in is agency and word: ``anhui-first``."""

    word: str
    name: dict[str, str]
    roles: tuple[Role, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Holding:
    """An account: agency, scheme, number, balance in yuan as it is imported."""

    agency: str
    scheme: str
    number: str
    balance: str
    paid: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with accounts; registered with a mobile, or still to register without."""

    key: str
    name: str
    gender: Gender
    born: dt.date
    county: str
    mobile: str
    employer: str
    holdings: tuple[Holding, ...]
    card: tuple[str, str, int] = ("", "", 0)
    hint: str = ""
    registered: bool = True

    @property
    def id_number(self) -> str:
        """Return the number of the identity card."""
        return id_number(COUNTIES[self.county], self.born, 7, self.gender)

    @property
    def bank(self) -> str:
        """Return the code of the receiving bank."""
        return self.card[0]

    @property
    def card_number(self) -> str:
        """Return the number of the receiving card, whose check answers that it is the holder's."""
        _, prefix, length = self.card
        return card_ending(prefix, length, self.born.toordinal(), MATCHED)


@dataclass(frozen=True, slots=True)
class House:
    """A house of the registry, found by one of two numbers; sums in yuan."""

    owner: str
    address: str
    filing_contract_no: str = ""
    title_archive_no: str = ""
    price: str = "1280000.00"
    down_payment: str = "480000.00"
    days_ago: int = 60
    more: dict[str, str] = field(default_factory=dict)


STAFF = (
    Member("first", {"anhui": "陈思源", "liaoning": "姜立国"}, (Role.FIRST_REVIEWER,), "初审"),
    Member("second", {"anhui": "戴文静", "liaoning": "吕秋燕"}, (Role.SECOND_REVIEWER,), "复审"),
    Member("supervisor", {"anhui": "方志远", "liaoning": "佟海波"}, (Role.SUPERVISOR,), "主管"),
    Member("payer", {"anhui": "谢雨桐", "liaoning": "关晓东"}, (Role.PAYER,), "拨付"),
    Member("releaser", {"anhui": "韩卫东", "liaoning": "白雪梅"}, (Role.RELEASER,), "放行"),
    Member("auditor", {"anhui": "冯静怡", "liaoning": "那英杰"}, (Role.AUDITOR,), "审计"),
    Member("packages", {"anhui": "许明哲", "liaoning": "穆春雷"}, (Role.PACKAGE_EDITOR,), "业务参数"),
    Member("publisher", {"anhui": "曹建华", "liaoning": "崔淑珍"}, (Role.PACKAGE_PUBLISHER,), "参数发布"),
    Member("users", {"anhui": "邓丽君", "liaoning": "石磊"}, (Role.USER_ADMIN,), "用户管理"),
    Member("security", {"anhui": "潘安国", "liaoning": "金在勋"}, (Role.SECURITY_OFFICER,), "安全"),
)  # fmt: skip

CCB = ("CCB", "621700", 19)
ICBC = ("ICBC", "622202", 19)
SHENGJING = ("SJBANK", "621244", 16)

HOLDERS = (
    Holder(
        "ana", "林知夏", Gender.FEMALE, dt.date(1990, 4, 18), "anhui", "13900010001",
        "合肥示例机械研究院",
        (
            Holding("anhui", "subsidy", "BT0010001", "186400.50"),
            Holding("liaoning", "fund", "GJ0010001", "92345.67"),
        ),
        CCB, "两项业务都有账户，可申请购房 / accounts in both services, can apply for a purchase",
    ),
    Holder(
        "zhao", "赵文博", Gender.MALE, dt.date(1985, 9, 2), "anhui", "13900010002",
        "安徽示例设计院", (Holding("anhui", "subsidy", "BT0010002", "64200.00"),),
        CCB, "房租已到账 / the rent is paid",
    ),
    Holder(
        "zhou", "周一鸣", Gender.MALE, dt.date(1993, 1, 25), "liaoning", "13900010003",
        "沈阳示例重工", (Holding("liaoning", "fund", "GJ0010003", "58800.00"),),
        ICBC, "申请被退回，可补正 / returned, to be corrected",
    ),
    Holder(
        "wang", "王海燕", Gender.FEMALE, dt.date(1979, 12, 6), "anhui", "13900010004",
        "安徽示例博物馆", (Holding("anhui", "subsidy", "BT0010004", "35760.80"),),
        CCB, "初审中 / under first review",
    ),
    Holder(
        "liu", "刘子涵", Gender.FEMALE, dt.date(1995, 7, 30), "liaoning", "13900010005",
        "大连示例软件", (Holding("liaoning", "fund", "GJ0010005", "143250.00"),),
        SHENGJING, "购房申请待受理 / a purchase waits to be taken up",
    ),
    Holder(
        "chen", "陈嘉怡", Gender.FEMALE, dt.date(1988, 3, 14), "anhui", "13900010006",
        "合肥示例中学", (Holding("anhui", "subsidy", "BT0010006", "77120.35"),),
        ICBC, "待复审 / waits for the second review",
    ),
    Holder(
        "zheng", "郑宇轩", Gender.MALE, dt.date(1991, 10, 11), "liaoning", "13900010007",
        "辽宁示例医院", (Holding("liaoning", "fund", "GJ0010007", "81090.00"),),
        CCB, "已批准，一分钟内由模拟银行付款 / approved, the simulated bank pays within a minute",
    ),
    Holder(
        "gao", "高建平", Gender.MALE, dt.date(1963, 5, 8), "liaoning", "13900010008",
        "辽宁示例钢铁",
        (
            Holding("liaoning", "fund", "GJ0010008", "208431.22"),
            Holding("anhui", "subsidy", "BT0010008", "15300.00", ("ZFFZ", "2025-03-12", "18000.00")),
        ),
        ICBC, "退休，可销户提取 / retired, can close the account",
    ),
    Holder(
        "sun", "孙晓梅", Gender.FEMALE, dt.date(1992, 8, 21), "anhui", "13900010009",
        "合肥示例机械研究院",
        (
            Holding("anhui", "subsidy", "BT0010009", "120000.00"),
            Holding("liaoning", "fund", "GJ0010009", "66000.00"),
        ),
        registered=False,
    ),
    Holder(
        "he", "何建国", Gender.MALE, dt.date(1987, 2, 3), "liaoning", "13900010010",
        "沈阳示例重工",
        (
            Holding("liaoning", "fund", "GJ0010010", "99500.00"),
            Holding("anhui", "subsidy", "BT0010010", "48000.00"),
        ),
        registered=False,
    ),
)  # fmt: skip

HOUSES = (
    House("ana", "合肥市示例区安居路1号3栋1201室", filing_contract_no="HF2026090001"),
    House("ana", "沈阳市示例区北园路8号5栋602室", filing_contract_no="SY2026090001"),
    House("ana", "沈阳市示例区东塔街20号401室", title_archive_no="XDA2026000001"),
    House("liu", "大连市示例区星海街6号2栋903室", filing_contract_no="DL2026090005"),
    House("sun", "合肥市示例区望江路77号1栋502室", filing_contract_no="HF2026090009"),
    House("he", "沈阳市示例区青年大街3号1806室", filing_contract_no="SY2026090010"),
    House(
        "zhou", "沈阳市示例区查封路9号101室", filing_contract_no="SY2026099999",
        more={"sealed": "true"},
    ),
)  # fmt: skip


def holder_of(key: str) -> Holder:
    """Return a holder by key."""
    return next(holder for holder in HOLDERS if holder.key == key)
