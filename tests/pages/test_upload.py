"""Pictures of papers: taken in, shown to their owner only, taken away (SA15 to SA18)."""

import pytest
import sqlalchemy as sa

from app.models import MaterialPage, MaterialType
from tests.pages.hall_walk import begin, card, give_account, upload
from tests.pages.test_wizard_subsidy import RENT
from tests.pictures import make_picture

JSON = {"Accept": "application/json"}


@pytest.fixture
def at_the_papers(browse, people, rows):
    give_account(rows, people["ana"])
    ana = browse("ana")
    return ana, ana.press(begin(ana, "ZFFZ"), "保存确认", **card(), **RENT)


def cards_of(page):
    cards = page.soup.select("li.aj-mat")
    return {one["id"]: " ".join(one.get_text(" ").split()) for one in cards}


def test_the_words_of_the_manual_stand_on_the_page(at_the_papers):
    _ana, page = at_the_papers

    for words in ("上传图片类型", "浏览", "上传图片", "扫描件或图片", "必传"):
        assert words in page.text


def test_a_paper_with_enough_pages_meets_the_requirement(at_the_papers):
    ana, page = at_the_papers

    page = upload(ana, page, "A1", seed=1)
    assert "待上传" in cards_of(page)["material-A1"]
    assert "还差 1 张" in cards_of(page)["material-A1"]
    page = upload(ana, page, "A1", seed=2)

    assert "已符合要求" in cards_of(page)["material-A1"]
    assert "还差" not in cards_of(page)["material-A1"]


def test_a_picture_is_viewed_and_deleted(at_the_papers):
    ana, page = at_the_papers
    page = upload(ana, page, "A2", seed=1)
    picture = page.soup.select_one("#material-A2 a.aj-thumb")

    shown = ana.client.get(picture["href"])
    small = ana.client.get(picture.img["src"])
    page = ana.press(page, "删除 A2-1.jpg")

    assert shown.mimetype == small.mimetype == "image/jpeg"
    assert len(small.data) < len(shown.data)
    assert "待上传" in cards_of(page)["material-A2"]
    assert ana.client.get(picture["href"]).status_code == 404


@pytest.mark.whole
def test_nobody_else_sees_a_picture(at_the_papers, browse):
    ana, page = at_the_papers
    page = upload(ana, page, "A2", seed=1)
    path = page.soup.select_one("#material-A2 a.aj-thumb")["href"]

    bo = browse("bo")

    assert bo.client.get(path).status_code == 404
    assert bo.client.get(f"{path}/thumbnail").status_code == 404
    assert browse().client.get(path).status_code == 302


@pytest.mark.whole
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "文件是空的"),
        (b"hello", "不是图片，也不是 PDF"),
        (make_picture(3)[:4000], "上传中断"),
        (b"\xff\xd8\xff" + bytes(6 * 1024 * 1024), "文件太大，最多 5 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_why(at_the_papers, data, sentence):
    ana, page = at_the_papers

    page = upload(ana, page, "A2", data=data, name="paper.jpg")

    assert sentence in page.text


def test_a_small_picture_is_kept_with_a_warning(at_the_papers):
    ana, page = at_the_papers

    page = upload(ana, page, "A2", data=make_picture(3, size=(400, 300)), name="small.jpg")

    assert "small.jpg: 图片可能看不清" in cards_of(page)["material-A2"]
    assert "已符合要求" in cards_of(page)["material-A2"]


@pytest.mark.whole
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "perhaps the upload was cut off"),
        (b"hello", "no picture and no PDF"),
        (make_picture(3)[:4000], "perhaps the upload was cut off"),
    ],
)
def test_the_same_is_told_in_english(at_the_papers, data, sentence):
    ana, page = at_the_papers
    page = ana.follow(page, "English")

    assert sentence in upload(ana, page, "A2", data=data, name="paper.jpg").text


def test_a_script_gets_the_sentence_as_json(at_the_papers, rows):
    ana, page = at_the_papers
    token = page.soup.select_one("input[name=csrf_token]")["value"]
    form = {"csrf_token": token, "material_code": "A2"}

    answer = ana.client.post("/hall/apply/1/upload", data=form, headers=JSON)

    assert answer.status_code == 422
    assert answer.json == {"ok": False, "problems": ["请先选择文件。"]}


@pytest.mark.whole
def test_the_same_picture_twice_is_kept_once(at_the_papers, rows):
    ana, page = at_the_papers

    upload(ana, upload(ana, page, "A2", seed=5), "A2", seed=5)

    with rows() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(MaterialPage)) == 1


@pytest.mark.whole
def test_a_paper_that_is_not_asked_for_is_not_taken(at_the_papers):
    ana, page = at_the_papers

    page = upload(ana, page, "NONE", seed=5)

    assert "从列表中选择图片类型" in page.text


def test_the_page_says_how_large_a_file_may_be(at_the_papers, rows):
    ana, page = at_the_papers
    assert "单个文件不超过 5 MB" in page.text

    with rows() as session:
        session.execute(sa.update(MaterialType).values(max_mb_per_file=7))
    page = ana.open(page.url)

    assert "单个文件不超过 7 MB" in page.text
    paper = page.soup.select_one("[data-paper]")
    assert paper["data-most"] == "7"
    assert "7 MB" in paper["data-said-big"]
