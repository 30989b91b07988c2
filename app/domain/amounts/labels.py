"""What each line of a calculation is called, in the word of the service (支取 or 提取)."""

from collections.abc import Mapping

from app.domain.page_words import Flow, Words

LABELS: Mapping[str, Words] = {
    "balance": Words("账户余额", "Balance of the account"),
    "set_aside": Words(
        "减：冻结、其他在办、留存", "Less frozen, in other cases, kept in the account"
    ),
    "available": Words("账户可{verb}", "The account can give"),
    "principal": Words("本金", "Principal"),
    "interest": Words("利息", "Interest"),
    "closing_total": Words("全部本金和利息", "All principal and interest"),
    "house_price": Words("购房总价", "Price of the house"),
    "loan_principal": Words("减：贷款本金", "Less the principal of the loan"),
    "withdrawn_for_house": Words(
        "减：家庭成员本房已{verb}", "Less what the family withdrew for it"
    ),
    "house_remaining": Words("本房剩余额度", "Left for this house"),
    "down_payment": Words("首付款", "Down payment"),
    "down_payment_remaining": Words("首付款剩余额度", "Left of the down payment"),
    "purchase_cap": Words("购房{verb}上限", "Limit for a purchase"),
    "approved_cost": Words("核定费用", "Approved cost"),
    "approved_cost_cap": Words("建造大修{verb}上限", "Limit for building work"),
    "cost_remaining": Words("费用剩余额度", "Left of the cost"),
    "repaid_12m": Words("近12个月已还本息", "Repaid in 12 months"),
    "monthly_rent": Words("每月实付租金", "Rent paid a month"),
    "rent_paid": Words("实付租金合计", "Rent paid in all"),
    "rent_filed_cap": Words("备案租赁限额合计", "Limit for a filed lease in all"),
    "rent_flat_single": Words("每月定额（单身）", "Flat amount a month (single)"),
    "rent_flat_couple": Words("每月定额（已婚）", "Flat amount a month (couple)"),
    "rent_flat": Words("定额合计", "Flat amount in all"),
    "invoice_amount": Words("发票或分摊金额", "Invoice or share"),
    "invoice_share": Words("发票可计入部分", "Part of the invoice that counts"),
    "lift_cap": Words("电梯{verb}上限", "Limit for a lift"),
    "decoration_cap": Words("装修{verb}上限", "Limit for decoration"),
    "property_fee_year_cap": Words("物业费年度上限", "Yearly limit for the property fee"),
    "medical_paid_12m": Words("近12个月自付医疗费用", "Own medical cost in 12 months"),
    "medical_cap": Words("医疗{verb}上限", "Limit for medical cost"),
    "hardship_cap": Words("困难家庭限额", "Limit for a family in hardship"),
    "manual_amount": Words("复审核定金额", "Set by the second reviewer"),
    "lower": Words("取较小的", "The lower of them"),
}
"""Every ``label_key`` a line can have."""

VERBS: Mapping[Flow, str] = {Flow.SUBSIDY: "支取", Flow.FUND: "提取"}


def line_label(flow: Flow, label_key: str) -> Words:
    """Return what a line of the calculation is called."""
    label = LABELS[label_key]
    return Words(label.zh.replace("{verb}", VERBS[flow]), label.en)
