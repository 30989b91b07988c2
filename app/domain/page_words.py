"""What stands over each page of the wizard and on its button, as the two manuals print it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Flow(StrEnum):
    """The two ways through the hall; the value is the scheme's code."""

    SUBSIDY = "subsidy"
    FUND = "fund"


class Page(StrEnum):
    """A page of the wizard; the value stands in its address."""

    NOTICE = "notice"
    BASIC = "basic"
    CONFIRM = "confirm"
    PERSON = "person"
    HOUSE = "house"
    FACTS = "facts"
    PAYEE = "payee"
    COMMITMENT = "commitment"
    UPLOAD = "upload"
    RESULT = "result"


class Words(NamedTuple):
    """The same words in Chinese and English."""

    zh: str
    en: str


SUBSIDY_TITLES: Mapping[Page, Words] = {
    Page.BASIC: Words("填写基本信息", "Fill in basic information"),
    Page.CONFIRM: Words("修改确认申请信息", "Check and correct your application"),
    Page.UPLOAD: Words("上传申请材料", "Upload materials"),
    Page.RESULT: Words("提交成功", "Submitted"),
}
"""Manual A: SA11, SA15, SA20, SA23."""

FUND_TITLES: Mapping[Page, Words] = {
    Page.NOTICE: Words("温馨提示", "Before you begin"),
    Page.PERSON: Words("个人基本信息", "Personal information"),
    Page.HOUSE: Words("房屋信息", "House"),
    Page.FACTS: Words("提取信息", "About this withdrawal"),
    Page.PAYEE: Words("收款账户信息", "Receiving account"),
    Page.COMMITMENT: Words("承诺书", "Commitment letter"),
    Page.UPLOAD: Words("影像上传", "Upload pictures"),
    Page.RESULT: Words("提交成功，业务办理完毕", "Submitted; nothing more to do"),
}
"""Manual B: SB11 to SB16; the page for reasons without a house is ours."""

TITLES: Mapping[Flow, Mapping[Page, Words]] = {
    Flow.SUBSIDY: SUBSIDY_TITLES,
    Flow.FUND: FUND_TITLES,
}

NEXT = Words("下一步", "Next")
SAVE_AND_CONFIRM = Words("保存确认", "Save and confirm")
SAVE_AND_SUBMIT = Words("保存并提交申请", "Save and submit")
SUBMIT_WITHDRAWAL = Words("提交支取申请", "Submit application")
SUBMIT = Words("提交申请", "Submit application")

BUTTONS: Mapping[Flow, Mapping[Page, Words]] = {
    Flow.SUBSIDY: {
        Page.BASIC: SAVE_AND_CONFIRM,
        Page.CONFIRM: SAVE_AND_SUBMIT,
        Page.UPLOAD: SUBMIT_WITHDRAWAL,
    },
    Flow.FUND: {Page.COMMITMENT: SUBMIT, Page.UPLOAD: SUBMIT},
}
"""Manual A: SA14, SA19, SA21, SA23; manual B: SB08, SB15, SB16. Any other page says 下一步."""
