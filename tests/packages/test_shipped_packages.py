"""The two services of the manuals as they ship: labels, closing, banks, calendars."""

from decimal import Decimal
from itertools import pairwise

import pytest

from app.domain.terms import Closes, Kind, Origin
from app.packages.vocabulary import SETTINGS

THIRTEEN = {
    "ZZZG": "在职职工",
    "GMZF": "购买自住住房",
    "JZDX": "建造、翻建、大修自住住房",
    "CHDK": "偿还购房贷款本息",
    "ZFFZ": "支付房租",
    "QTZF": "其他住房消费",
    "DBKN": "大病医疗或家庭生活特别困难",
    "LTX": "离休、退休",
    "DLSZ": "调离省直单位",
    "LZJC": "辞职、辞退、终止（解除）劳动人事关系",
    "SSLD": "完全丧失劳动能力并终止劳动关系",
    "CJDJ": "出境（国）定居",
    "SWJC": "死亡或被宣告死亡（继承、受遗赠支取）",
}
THREE_BANKS = ("CCB", "ICBC", "SJBANK")
GROUPS = {"住房消费", "在职和离职", "特殊情形"}


@pytest.fixture(params=["subsidy", "fund"])
def package(request):
    """Give each of the two packages."""
    return request.getfixturevalue(request.param)


def codes_that(package, closes):
    return {row.code for row in package.reasons if row.closes_account is closes}


def text(package, name):
    return package.texts[name, "zh"]


class TestAnhui:
    """Labels of manual A that are data (SA01 to SA26)."""

    def test_offers_the_thirteen_reasons_in_order(self, subsidy):
        assert {row.code: row.name_zh for row in subsidy.reasons} == THIRTEEN
        assert [row.seq for row in subsidy.reasons] == list(range(1, 14))

    def test_names_hall_office_and_agreement_as_the_manual(self, subsidy):
        assert subsidy.agency.hall_name_zh == "房改办网上办事大厅"
        assert subsidy.agency.office_word_zh == "房改办"
        assert subsidy.agency.agreement_title_zh == "安徽省政务服务网用户注册协议"
        assert subsidy.scheme.word_zh == "支取"
        assert subsidy.agency.number_prefix == "BT"

    def test_tells_that_personal_data_are_edited_online(self, subsidy):
        notice = text(subsidy, "notice")
        assert notice.startswith("# 注意事项")
        assert "个人基本信息（姓名、身份证、银行卡号、开户行）" in notice
        assert "三个工作日内到账" in notice

    def test_closes_accounts_only_for_these_reasons(self, subsidy):
        always, optional = {"DLSZ", "LZJC", "SWJC"}, {"LTX", "SSLD", "CJDJ"}
        assert codes_that(subsidy, Closes.ALWAYS) == always
        assert codes_that(subsidy, Closes.OPTIONAL) == optional
        assert codes_that(subsidy, Closes.NEVER) == set(THIRTEEN) - always - optional

    def test_sets_no_limit_of_banks(self, subsidy):
        assert not any(row.allowed_banks for row in subsidy.reasons)

    def test_asks_nothing_new_of_an_unchanged_monthly_payout(self, subsidy):
        rows = [
            row
            for row in subsidy.requirements
            if row.reason_code == "ZZZG" and row.kind is Kind.SUBSEQUENT
        ]
        assert rows
        assert all(row.condition_key for row in rows)


class TestLiaoning:
    """Labels of manual B that are data (SB01 to SB17)."""

    def test_offers_the_purchase_of_commercial_housing_first(self, fund):
        first = fund.reasons[0]
        assert (first.name_zh, first.short_name_zh) == ("购买商品住房提取", "购房提取")
        assert first.lookup_keys == ("filing_contract_no", "title_archive_no")
        assert "租房提取" in {row.name_zh for row in fund.reasons}

    def test_pays_to_three_banks_and_own_class_one_cards(self, fund):
        assert {row.allowed_banks for row in fund.reasons} == {THREE_BANKS}
        assert {row.required_card_class for row in fund.reasons} == {"I"}

    def test_names_hall_hotline_and_notice_as_the_manual(self, fund):
        assert "个人网厅" in fund.agency.hall_name_zh
        assert fund.agency.hotline == "024-12345"
        assert fund.agency.number_prefix == "GJ"
        assert text(fund, "notice").startswith("# 温馨提示")
        assert "待后台审核通过后，资金即可到账" in text(fund, "notice")

    def test_says_its_own_word_for_a_withdrawal(self, fund):
        own = [row.name_zh + row.help_zh for row in fund.materials]
        own += [row.text_zh for row in fund.return_reasons]
        own += [row.condition_zh for row in fund.requirements]
        assert fund.scheme.word_zh == "提取"
        assert not [words for words in own if "支取" in words]

    def test_keeps_the_open_ended_reason_switched_off(self, fund):
        assert [row.code for row in fund.reasons if not row.enabled] == ["QTTQ"]


def test_every_reason_stands_in_a_group_of_the_front_page(package):
    assert {row.group_zh for row in package.reasons} == GROUPS


def test_every_reason_needs_two_people(package):
    assert {row.approvals_required for row in package.reasons} == {2}


def test_every_setting_is_there_with_its_source(package):
    assert {row.key for row in package.settings} == set(SETTINGS)
    assert all(row.mark and row.basis for row in package.settings)


def test_money_arrives_within_three_working_days(package):
    [payout] = [row for row in package.settings if row.key == "payout_days"]
    assert (payout.value, payout.unit) == (Decimal(3), "working_days")


def test_the_application_form_is_made_in_the_hall(package):
    origins = {row.code: row.origin for row in package.materials}
    assert origins["A3"] is Origin.GENERATED
    assert origins["A1"] is Origin.UPLOAD


def test_invented_addresses_and_accounts_are_marked(package):
    assert package.agency.placeholder


def test_every_reason_has_a_sample_case(package):
    assert {row.reason for row in package.sample_cases} == {row.code for row in package.reasons}
    assert len(package.sample_cases) >= 20


def test_the_letter_tells_when_money_is_paid_back(package):
    for language in ("zh", "en"):
        letter = package.texts["commitment_letter", language]
        assert "{refund_days}" in letter
        assert "{version}" in letter
        assert "<!--" not in letter


class TestNationalData:
    """What all packages share."""

    def test_allows_any_other_document_after_a_check_at_the_counter(self, common):
        by_code = {row.code: row for row in common.id_document_types}
        assert (by_code["other"].name_zh, by_code["other"].check_rule) == (
            "其他",
            "regex_only",
        )
        assert by_code["resident_id_card"].enabled
        assert not by_code["military_officer_card"].enabled

    def test_knows_56_ethnic_groups(self, common):
        assert len(common.ethnic_groups) == 56

    def test_covers_three_years_in_order_of_their_days(self, common):
        dates = [row.date for row in common.working_days]
        assert {date.year for date in dates} == {2024, 2025, 2026}
        assert all(earlier < later for earlier, later in pairwise(dates))

    @pytest.mark.parametrize(
        ("date", "kind"),
        [
            ("2024-02-09", None),
            ("2024-02-10", "holiday"),
            ("2024-02-18", "workday_swap"),
            ("2024-10-07", "holiday"),
            ("2025-01-26", "workday_swap"),
            ("2025-10-08", "holiday"),
            ("2025-10-11", "workday_swap"),
            ("2026-10-10", "workday_swap"),
        ],
    )
    def test_has_the_published_days(self, common, date, kind):
        kinds = {row.date.isoformat(): row.kind for row in common.working_days}
        assert kinds.get(date) == kind
