"""Rules ID01 to ID04: names, mobiles, documents."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import identity
from app.domain.errors import Invalid
from app.domain.identity import DocumentType
from app.domain.terms import Gender

TODAY = dt.date(2026, 11, 22)
ANA = "340102199003070010"


@pytest.fixture
def judge(document_types, provinces):
    """Check a number of a kind of document as the form does."""

    def check(code, number, **form):
        return identity.check_number(
            document_types[code], number, today=TODAY, provinces=provinces, **form
        )

    return check


def code_of(refused):
    """Return the code and the field of what was raised."""
    return refused.value.code, refused.value.field


def assert_judged(judge, kind, vector):
    """Take or refuse a vector as its table says."""
    if vector.valid:
        assert judge(kind, vector.value) == identity.normalise(vector.value)
    else:
        with pytest.raises(Invalid):
            judge(kind, vector.value)


def test_resident_numbers_are_judged_as_published(judge, id_number_vector):
    assert_judged(judge, "resident_id_card", id_number_vector)


def test_residence_permits_are_judged_as_published(judge, hmt_residence_permit_vector):
    assert_judged(judge, "hmt_residence_permit", hmt_residence_permit_vector)


def test_new_foreign_cards_are_judged_as_published(judge, foreign_pr_id_2023_vector):
    assert_judged(judge, "foreign_pr_id_2023", foreign_pr_id_2023_vector)


def test_old_foreign_cards_are_judged_as_published(judge, foreign_pr_card_2017_vector):
    assert_judged(judge, "foreign_pr_card_2017", foreign_pr_card_2017_vector)


def test_hong_kong_permits_are_judged_as_published(judge, hm_travel_permit_vector):
    assert_judged(judge, "hm_travel_permit", hm_travel_permit_vector)


def test_taiwan_permits_are_judged_as_published(judge, tw_travel_permit_vector):
    assert_judged(judge, "tw_travel_permit", tw_travel_permit_vector)


def test_passports_are_judged_as_published(judge, passport_vector):
    assert_judged(judge, "passport", passport_vector)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "id_length"),
        ("340102900307001", "id_length"),
        ("3401021990030700100", "id_length"),
        ("34010219900307OO10", "id_format"),
        ("X40102199003070010", "id_format"),
        ("34010219900307001٠", "id_format"),
        ("340102199003070011", "id_check_digit"),
        ("340199199105101180", "id_check_digit"),
        ("340102199013010011", "id_birth_date"),
        ("340102199002300013", "id_birth_date"),
        ("340102190102290018", "id_birth_date"),
        ("340102209901010016", "id_birth_date"),
        ("990102199003070011", "id_province"),
    ],
)
def test_each_fault_of_a_number_has_its_own_name(judge, number, code):
    with pytest.raises(Invalid) as refused:
        judge("resident_id_card", number)

    assert code_of(refused) == (code, "id_number")


def test_a_length_fault_says_how_many_are_expected(judge):
    with pytest.raises(Invalid) as refused:
        judge("resident_id_card", ANA[:15])

    assert refused.value.facts == {"expected": 18, "typed": 15}


def test_a_birth_before_1900_is_no_birth_date(judge):
    first17 = "34010218991231001"

    with pytest.raises(Invalid) as refused:
        judge("resident_id_card", first17 + identity.check_character(first17))

    assert refused.value.code == "id_birth_date"


def test_somebody_born_today_may_have_a_number(judge):
    first17 = f"340102{TODAY:%Y%m%d}001"
    number = first17 + identity.check_character(first17)

    assert judge("resident_id_card", number) == number


def test_a_permit_number_is_no_resident_number(judge):
    with pytest.raises(Invalid) as refused:
        judge("resident_id_card", "810000199408230021")

    assert refused.value.code == "id_format"


def test_the_gender_of_the_form_must_agree(judge):
    with pytest.raises(Invalid) as refused:
        judge("resident_id_card", ANA, gender=Gender.FEMALE)

    assert code_of(refused) == ("id_gender_differs", "gender")
    assert judge("resident_id_card", ANA, gender=Gender.MALE) == ANA


def test_the_birth_date_of_the_form_must_agree(judge):
    with pytest.raises(Invalid) as refused:
        judge("resident_id_card", ANA, birth_date=dt.date(1990, 3, 8))

    assert code_of(refused) == ("id_birth_differs", "birth_date")
    assert judge("resident_id_card", ANA, birth_date=dt.date(1990, 3, 7)) == ANA


def test_a_passport_agrees_with_any_gender_and_birth(judge):
    form = {"gender": Gender.FEMALE, "birth_date": dt.date(1990, 3, 8)}

    assert judge("passport", "e12345678", **form) == "E12345678"


def test_digits_of_other_scripts_make_no_number(judge):
    with pytest.raises(Invalid) as refused:
        judge("tw_travel_permit", "١٢٣٤٥٦٧٨")

    assert code_of(refused) == ("id_format", "id_number")


def test_a_rule_that_no_check_stands_behind_is_refused():
    with pytest.raises(Invalid) as refused:
        DocumentType("card", ".+", "mod11_2+provence", birth_and_gender_in_number=True)

    assert refused.value.code == "id_rule_unknown"
    assert refused.value.facts == {"rules": "provence"}


@pytest.mark.parametrize(
    ("number", "born", "gender"),
    [
        (ANA, dt.date(1990, 3, 7), Gender.MALE),
        ("210102198506150027", dt.date(1985, 6, 15), Gender.FEMALE),
        ("340199200002290331", dt.date(2000, 2, 29), Gender.MALE),
    ],
)
def test_a_number_tells_birth_and_gender(number, born, gender):
    assert identity.birth_date_in(number) == born
    assert identity.gender_in(number) is gender


@given(st.from_regex(r"[0-9]{17}", fullmatch=True), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_always_shows(first17, place, shift):
    wrong = str((int(first17[place]) + shift) % 10)
    other = first17[:place] + wrong + first17[place + 1 :]

    assert identity.check_character(other) != identity.check_character(first17)


@given(st.from_regex(r"[0-9]{17}", fullmatch=True), st.integers(0, 15))
def test_two_neighbours_swapped_always_show(first17, place):
    left, right = first17[place], first17[place + 1]
    other = first17[:place] + right + left + first17[place + 2 :]

    agree = identity.check_character(other) == identity.check_character(first17)

    assert agree is (left == right)


@given(st.text(alphabet=st.characters(max_codepoint=0x7F) | st.sampled_from("０９ａＸ\u3000")))
def test_a_kept_number_stays_as_it_is(typed):
    kept = identity.normalise(typed)

    assert not any(character.isspace() for character in kept)
    assert identity.normalise(kept) == kept == kept.upper()


def test_invisible_marks_of_a_pasted_number_go():
    assert identity.normalise("\u202a340102 19900307\u00a00010\u202c\ufeff") == ANA


def test_names_are_judged_as_published(person_name_vector):
    if person_name_vector.valid:
        assert identity.check_name(person_name_vector.value) == person_name_vector.value
    else:
        with pytest.raises(Invalid):
            identity.check_name(person_name_vector.value)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("𠮷野", "𠮷野"),
        ("王𬎆", "王𬎆"),
        ("李\U00031234", "李\U00031234"),
        ("张　三", "张三"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("阿依古丽 · 买买提", "阿依古丽·买买提"),
        ("阿依古丽｡买买提", "阿依古丽·买买提"),
        ("  Li   Lei ", "Li Lei"),
        ("Ｌｉ Ｌｅｉ", "Li Lei"),
        ("Seán O’Brien", "Seán O'Brien"),
        ("Anne-Marie St. John", "Anne-Marie St. John"),
        ("司" * 30, "司" * 30),
        ("x" * 80, "x" * 80),
    ],
)
def test_rare_and_foreign_names_are_kept_whole(typed, kept):
    assert identity.check_name(typed) == kept


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name_length"),
        ("𠮷", "name_length"),
        ("司" * 31, "name_length"),
        ("x" * 81, "name_length"),
        ("张3", "name_characters"),
        ("张三😀", "name_characters"),
        ("·张三", "name_characters"),
        ("张三·", "name_characters"),
        ("张\u200b三", "name_characters"),
        ("<b>张三</b>", "name_characters"),
        ("{{7*7}}", "name_characters"),
        ("张；三", "name_characters"),
    ],
)
def test_what_is_no_name_is_told_why(name, code):
    with pytest.raises(Invalid) as refused:
        identity.check_name(name)

    assert code_of(refused) == (code, "name")


@pytest.mark.parametrize("id_type", ["resident_id_card", "hmt_residence_permit"])
def test_a_card_with_a_chinese_name_takes_no_latin_one(id_type):
    with pytest.raises(Invalid) as refused:
        identity.check_name("Li Lei", id_type=id_type)

    assert code_of(refused) == ("name_not_chinese", "name")
    assert identity.check_name("Li Lei", id_type="passport") == "Li Lei"


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("", None),
        (" 1990-03-07 ", dt.date(1990, 3, 7)),
        ("1990/3/7", dt.date(1990, 3, 7)),
        ("1990年3月7日", dt.date(1990, 3, 7)),
        ("１９９００３０７", dt.date(1990, 3, 7)),
    ],
)
def test_a_birth_date_is_read_as_people_write_it(typed, born):
    assert identity.check_birth_date(typed, today=TODAY) == born


def test_a_very_long_bad_name_is_refused_at_once():
    with pytest.raises(Invalid):
        identity.check_name("a. " * 100_000 + "!")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("张三", "张 三"),
        ("Ｌｉ Lei", "LiLei"),
        ("张三", " 张三\u3000"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("SMITH JOHN", "Smith John"),
    ],
)
def test_spaces_width_dots_and_case_do_not_change_a_name(a, b):
    assert identity.same_name(a, b)


@pytest.mark.parametrize(("a", "b"), [("张三", "张叁"), ("张三", "张三丰"), ("吉野", "𠮷野")])
def test_another_character_is_another_name(a, b):
    assert not identity.same_name(a, b)


def test_mobiles_are_judged_as_published(mobile_vector):
    if mobile_vector.valid:
        kept = identity.check_mobile(mobile_vector.value)
        assert kept == mobile_vector.value.removeprefix("+86")
    else:
        with pytest.raises(Invalid) as refused:
            identity.check_mobile(mobile_vector.value)
        assert code_of(refused) == ("mobile_format", "mobile")


@pytest.mark.parametrize(
    "typed",
    ["+86 138 0000 0001", "0086-138-0000-0001", "１３８０００００００１", "＋８６13800000001"],
)
def test_one_mobile_has_one_form(typed):
    assert identity.check_mobile(typed) == "13800000001"


@pytest.mark.parametrize(
    "typed", ["", "138000000011", "+8513800000001", "1380000000a", "١٣٨٠٠٠٠٠٠٠١"]
)
def test_what_is_no_mainland_mobile_is_refused(typed):
    with pytest.raises(Invalid):
        identity.check_mobile(typed)
