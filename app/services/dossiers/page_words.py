"""What the page of a case file calls its fields and terms, in Chinese and English."""

from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "number": "编号 Number", "agency": "经办机构 Office", "service": "业务 Service",
    "reason": "原因 Reason", "kind": "类型 Kind", "capacity": "申请身份 Applies as",
    "status": "状态 State", "amount_asked": "申请金额 Amount asked",
    "amount_allowed": "核定金额 Amount approved", "interest": "利息 Interest",
    "submitted": "提交时间 Submitted", "decided": "审批时间 Decided", "paid": "到账时间 Paid",
    "decide_by": "应审结日 Decide by", "pay_by": "应到账日 Pay by",
    "rule_version": "规则版本 Version of the rules", "signed": "签署时间 Signed",
    "commitment_sha256": "承诺书哈希 Hash of the letter",
    "decision_sha256": "审批内容哈希 Hash of the decision", "name": "姓名 Name",
    "document_type": "证件类型 Document", "document_number": "证件号码 Document number",
    "mobile": "手机号码 Mobile", "account": "个人账号 Account", "employer": "工作单位 Employer",
    "verified_how": "实名核验方式 Identity proven by", "verified": "核验时间 Proven on",
    "bank": "开户银行 Bank", "card": "银行账号 Card", "check": "户名核对 Holder check",
    "label": "项目 Line", "amount": "金额（元） Amount", "sign": "加减 Sign", "source": "来源 Source",
    "code": "代码 Code", "origin": "来源 Origin", "verdict": "审核结果 Verdict",
    "at": "时间 Time", "by": "经办 By", "deed": "操作 Deed", "to": "之后状态 State after",
    "note": "备注 Note", "round": "次数 Round", "paper": "材料 Paper", "text": "内容 Text",
    "settled": "更正时间 Corrected", "attempt": "次数 Attempt",
    "bank_reference": "银行流水号 Bank reference", "sent": "发出时间 Sent",
    "ended": "结束时间 Ended", "bank_code": "银行代码 Code of the bank",
    "bank_text": "银行说明 Words of the bank", "entry": "凭证号 Entry",
    "reference": "凭证摘要 Reference", "on": "起息日 Counts from", "act": "操作 Act",
    "address": "地址 Address", "owner": "权利人 Owner", "price": "总价 Price",
    "state": "状态 State", "down_payment": "首付款 Down payment",
    "filing_contract_no": "备案合同号 Filed contract", "title_archive_no": "房证新档案号 Title",
    "gender": "性别 Gender", "birth_date": "出生日期 Birth date",
    "ethnic_group": "民族 Ethnic group", "verified_at": "核验时间 Proven on",
    "known_since": "登记时间 Known since", "version": "版本 Version",
    "text_sha256": "文本哈希 Hash of the text", "in_use": "使用中 In use", "added": "添加时间 Added",
    "scheme": "业务 Service", "opened_on": "开户日期 Opened", "available": "可用余额 Available",
    "held": "冻结金额 Held", "movements": "收支明细 Movements", "side": "科目 Side",
    "receiving_account": "收款账号 Receiving account", "house": "房屋 House",
    "answers": "填写内容 Answers", "begun": "开始填写 Begun", "history": "办理记录 History",
    "action": "操作 Deed", "return_opinions": "退单意见 Return opinions",
    "day_of_month": "每月支付日 Day of the month", "begins": "开始日期 Begins",
    "runs_until": "截止日期 Runs until", "approved": "批准时间 Approved",
    "ended_how": "结束方式 Ended how", "end_reason": "结束原因 Why it ended",
    "months": "各月 Months", "month": "月份 Month", "left_out": "未支付原因 Why left out",
    "channel": "渠道 Channel", "last_seen": "最近使用 Last seen", "browser": "浏览器 Browser",
    "provider": "登录方式 Way to log in", "since": "绑定时间 Since", "last_used": "最近使用 Last used",
    "value": "查看内容 What", "roles": "角色 Roles", "office": "单位 Office",
    "asked": "提出时间 Asked", "subject": "更正内容 About", "wanted": "更正为 Wanted",
    "why": "理由 Why", "granted": "是否同意 Granted", "answer": "答复 Answer",
    "answered": "答复时间 Answered", "rating": "评价 Rating", "reasons": "原因 Reasons",
    "lookup_by": "查询方式 Looked up by", "area": "面积 Area", "buyer_name": "购房人 Buyer",
}  # fmt: skip
"""The name of a field in the record to what it is called; another stands as it is."""

STATES: Mapping[str, str] = {
    "draft": "草稿 Draft", "submitted": "已提交 Submitted", "in_review": "初审中 In review",
    "second_review": "复审中 Second review", "returned": "已退回 Returned",
    "approved": "已批准 Approved", "payee_fix": "待更正收款账户 Account to be corrected",
    "paid": "已到账 Paid", "declined": "不予受理 Not taken up", "rejected": "未通过 Refused",
    "cancelled": "已撤回 Taken back", "voided": "已作废 Void", "claimed": "待发送 To be sent",
    "sent": "已发送 Sent", "unknown": "待核实 In doubt", "settled": "已对账 Settled",
}  # fmt: skip

DEEDS: Mapping[str, str] = {
    "started": "开始填写 Begun", "submit": "提交 Submitted", "take_up": "受理 Taken up",
    "pass_first": "初审通过 Passed first review", "pass_level": "审核通过 Passed a review",
    "return_for_correction": "退回更正 Returned", "decline": "不予受理 Not taken up",
    "reject": "不予支取 Refused", "approve": "批准 Approved", "pay": "付款到账 Paid",
    "bank_refused": "银行拒付 Refused by the bank", "bank_returned": "退票 Returned by the bank",
    "confirm_payee": "确认收款账户 Account confirmed", "cancel": "撤回 Taken back",
    "lapse": "逾期终止 Lapsed", "void": "作废 Voided", "undo": "撤销 Undone",
    "hold": "暂停 On hold", "release_hold": "恢复 Resumed", "investigate": "核查 Being checked",
    "end_investigation": "核查结束 Check ended", "assign": "分派 Assigned",
    "change_payee": "更正收款账户 Account corrected", "check_payee": "核对账户 Account checked",
    "confirm_relation": "确认关系 Relation confirmed", "verdict": "材料审核 Paper judged",
    "payment_unknown": "付款待核实 Payment in doubt", "supplement": "补充支付 Supplement",
    "payment_office_fix": "付款由单位处理 Payment kept by the office",
    "stand": "约定提取 Paid monthly", "stand_down": "结束约定提取 No longer monthly",
}  # fmt: skip

TERMS: Mapping[str, Mapping[str, str]] = {
    "status": STATES, "to": STATES, "deed": DEEDS,
    "action": DEEDS, "gender": {"1": "男 Male", "2": "女 Female"},
    "capacity": {"self": "本人 The holder", "heir": "继承人 Heir", "proxy": "代办人 Proxy"},
    "origin": {"upload": "上传 Uploaded", "generated": "系统生成 Made by the hall"},
    "verdict": {"open": "未标注 Open", "accepted": "符合 Accepted", "to_fix": "需更正 To correct"},
    "check": {"matched": "相符 Matches", "differs": "不符 Differs", "unknown": "未核实 Not known"},
    "kind": {
        "hold": "冻结 Held", "release": "解冻 Released", "transit": "汇出 Sent to the bank",
        "paid": "到账 Paid", "back": "退回 Put back", "interest": "利息 Interest",
        "opening": "期初余额 Opening balance", "contribution": "缴存 Contribution",
        "first": "首次 First", "subsequent": "第二次及以后 Later", "closing": "销户 Closing",
    },
    "side": {"available": "可用余额 Available", "held": "冻结金额 Held"},
    "channel": {"sms": "短信 SMS", "inbox": "站内消息 Inbox", "wechat": "微信 WeChat"},
    "rating": {
        "very_satisfied": "非常满意 Very satisfied", "satisfied": "满意 Satisfied",
        "fair": "基本满意 Fair", "dissatisfied": "不满意 Not satisfied",
        "very_dissatisfied": "非常不满意 Not satisfied at all",
    },
    "source": {
        "setting": "规定标准 Setting", "result": "计算结果 Result", "account": "账户 Account",
        "answer": "本人填写 Answer", "asked": "本人填写 Answer", "registry": "登记信息 Register",
    },
    "label": {
        "balance": "账户余额 Balance", "set_aside": "账户留存 Stays in the account",
        "available": "可用余额 Available", "lower": "可提金额 Most that is paid",
        "interest": "利息 Interest", "principal": "本金 Principal",
        "rent_flat": "租房定额 Flat rent", "rent_flat_single": "月定额 Flat rent a month",
    },
}  # fmt: skip
"""A field to what its terms are called; a term that is not here stands as it is stored."""

SUMS = frozenset(
    {"amount", "amount_asked", "amount_allowed", "price", "down_payment", "available", "held"}
)
CODED = frozenset({"bank", "document_type", "label"})
"""Fields whose codes the reference data names."""

CODES = frozenset({"commitment_sha256", "decision_sha256", "sha256", "text_sha256"})
