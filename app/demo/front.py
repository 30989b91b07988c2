"""What the demonstration's offices tell on their front pages, and what people said of them."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.workdays import local_date
from app.models import Agency, FrontNotice
from app.services.records import feedback
from app.services.records.feedback import NAMELESS, Said

NOTICES = (
    (2, "支付房租不再要求房租占收入的比例", "No share of income is asked for any more to withdraw for rent",
     "即日起，支付房租只看实付租金和当地限额，不再核对房租占家庭收入的比例。",
     "From now on a withdrawal for rent looks at the rent paid and the local limit alone, not at the share of income."),
    (5, "装修、物业费可以办理，需要哪些材料", "Decoration and property fees: which papers are needed",
     "装修需要装修合同和发票；物业费需要载明房屋地址和所属期的发票。",
     "Decoration needs the contract and the invoice; property fees an invoice that names address and period."),
    (12, "法定节假日期间的办理安排", "How applications are handled over public holidays",
     "节假日可以照常提交，不计入审核的工作日；节后按提交先后办理。",
     "You may submit on holidays; they do not count as working days, and cases are taken in order afterwards."),
)  # fmt: skip
"""Days ago, title and text in both languages."""

SAID = (
    Said("very_satisfied", ("quick", "told_at_once"), "三天就到账了"),
    Said("satisfied", ("easy_pages",)),
    Said("very_satisfied", ("quick", "few_papers")),
    Said("fair", ("slow",), "手机上传照片有点慢"),
    Said("dissatisfied", ("unclear",), "退回时没有看懂要补哪一页"),
)


def write_front(session: Session, *, now: dt.datetime) -> None:
    """Write the notices of all offices and what was said without a name."""
    today = local_date(now)
    for ago, title_zh, title_en, text_zh, text_en in NOTICES:
        session.add(
            FrontNotice(
                title_zh=title_zh, title_en=title_en, text_zh=text_zh, text_en=text_en,
                valid_from=today - dt.timedelta(days=ago), created_at=now,
            )
        )  # fmt: skip
    for agency in session.scalars(sa.select(Agency)):
        for order, said in enumerate(SAID):
            at = now - dt.timedelta(days=len(SAID) - order)
            feedback.say(session, agency.id, said, address=agency.code, actor=NAMELESS, now=at)
