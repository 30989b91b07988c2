"""Words of the two services in the reader's language: verbs, kinds, titles, labels."""

from collections.abc import Mapping

from app.display.words import is_chinese
from app.domain.page_words import Flow, Page, Words
from app.domain.terms import Kind

KINDS: Mapping[tuple[Flow, Kind], Words] = {
    (Flow.SUBSIDY, Kind.FIRST): Words("首次支取", "First withdrawal"),
    (Flow.SUBSIDY, Kind.SUBSEQUENT): Words("第二次及以后支取", "Second or later withdrawal"),
    (Flow.SUBSIDY, Kind.CLOSING): Words("销户支取", "Closing withdrawal"),
    (Flow.FUND, Kind.FIRST): Words("首次提取", "First withdrawal"),
    (Flow.FUND, Kind.SUBSEQUENT): Words("再次提取", "Later withdrawal"),
    (Flow.FUND, Kind.CLOSING): Words("销户提取", "Closing withdrawal"),
}
"""Manual A: SA11, SA20, SA23."""

APPLY: Mapping[Flow, Words] = {
    Flow.SUBSIDY: Words("网上支取申请", "Apply online for a withdrawal"),
    Flow.FUND: Words("提取", "Withdrawal"),
}
"""The page on which a reason is chosen: SA10, SB05."""

REASON: Mapping[Flow, Words] = {
    Flow.SUBSIDY: Words("支取原因", "Reason"),
    Flow.FUND: Words("提取原因", "Reason"),
}

CLOSING_REASON = Words("支取原因（销户原因）", "Reason (for closing)")
"""SA23: the reason of a closing withdrawal is the cause of the closing."""

AMOUNT: Mapping[Flow, Words] = {
    Flow.SUBSIDY: Words("本次支取", "Withdraw this time"),
    Flow.FUND: Words("本次提取", "Withdraw this time"),
}

SUM: Mapping[Flow, Words] = {
    Flow.SUBSIDY: Words("支取金额", "Amount"),
    Flow.FUND: Words("提取金额", "Amount"),
}

PAYEE: Mapping[Page, tuple[Words, Words]] = {
    Page.BASIC: (Words("银行账号", "Bank account number"), Words("开户银行", "Bank")),
    Page.CONFIRM: (Words("银行账号", "Bank account number"), Words("开户行", "Bank")),
    Page.PAYEE: (Words("银行卡号码", "Card number"), Words("收款银行", "Receiving bank")),
}
"""Labels of number and bank: SA12, SA20, SB07."""

PAYEE_FIX: Mapping[Flow, tuple[Words, Words]] = {
    Flow.SUBSIDY: PAYEE[Page.BASIC],
    Flow.FUND: PAYEE[Page.PAYEE],
}

BANK_CLASS = Words("银行类别", "Kind of bank")
"""SB14."""

MOBILE = Words("手机号", "Mobile")
"""SA12, SA20."""

HOUSE_NUMBERS: Mapping[str, Words] = {
    "filing_contract_no": Words("备案合同号", "Filed-contract number"),
    "title_archive_no": Words("房证新档案号", "New title archive number"),
}
"""SB06, SB13."""

RESULT_LINES: Mapping[Flow, Words] = {
    Flow.SUBSIDY: Words("", ""),
    Flow.FUND: Words(
        "待后台审核通过后，资金即可到账",
        "The money arrives as soon as the back office has approved the application",
    ),
}
"""SB09, SB16."""

FAILED = Words("提交失败原因", "Why it was not submitted")
"""SB09, SB16."""


def said(words: Words) -> str:
    """Return the words in the reader's language."""
    return words.zh if is_chinese() else words.en


def kind_words(flow: Flow, kind: Kind) -> str:
    """Return what a kind of withdrawal is called in a service."""
    return said(KINDS[flow, kind])
