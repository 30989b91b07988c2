"""The official account answers what the platform hands over, and only that."""

import datetime as dt

import pytest
import sqlalchemy as sa

from app.domain.terms import Channel, NoticeStatus, Status
from app.extensions import db
from app.gateways.wechat.messages import MOST_BYTES
from app.models import Applicant, Notice
from app.services.review import case_notices
from tests.factories import NOON, make_account, make_applicant, make_application
from tests.pages.wechat_world import ACCOUNT, CRYPT, Follower, bind


@pytest.fixture
def app(app):
    app.config["ANJU_WECHAT"] = {"anhui": ACCOUNT, "liaoning": ACCOUNT}
    app.extensions.pop("anju-wechat-answers", None)
    yield app
    app.config["ANJU_WECHAT"] = {}


@pytest.fixture
def ana(app):
    return Follower(app)


@pytest.fixture
def case(rows):
    """The number of Ana's case; her WeChat is bound."""
    with rows() as session:
        person = make_applicant(session)
        bind(session, person)
        account = make_account(session, person)
        return make_application(session, account, status=Status.SUBMITTED, reason="DBKN").id


class TestVerification:
    def test_the_platform_gets_its_echo(self, app, ana):
        answer = app.test_client().get(
            "/wechat/anhui/", query_string=ana.signed() | {"echostr": "<b>5927"}
        )

        assert (answer.status_code, answer.text) == (200, "<b>5927")
        assert answer.mimetype == "text/plain"

    @pytest.mark.parametrize(
        "changes",
        [
            {"signature": "0" * 40},
            {"signature": ""},
            {"nonce": "x"},
            {"timestamp": "1411525903"},
        ],
    )
    def test_nobody_else_does(self, app, ana, changes):
        query = ana.signed() | {"echostr": "5927"} | changes

        assert app.test_client().get("/wechat/anhui/", query_string=query).status_code == 403

    def test_a_person_is_led_to_the_help(self, browse):
        assert browse().open("/wechat/anhui/").url.startswith("/help/wechat/")

    @pytest.mark.parametrize("agency", ["nowhere", "1"])
    def test_an_agency_without_an_account_is_not_there(self, app, agency):
        assert app.test_client().get(f"/wechat/{agency}/").status_code == 404


class TestRefusals:
    sealed = CRYPT.seal("<xml></xml>")

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"signature": "0" * 40}, 403),
            ({"msg_signature": "0" * 40}, 403),
            ({"msg_signature": ""}, 403),
            ({"timestamp": "1411525903"}, 403),
            ({"nonce": "other"}, 403),
            ({}, 400),
        ],
    )
    def test_what_the_platform_did_not_sign_is_refused(self, ana, changes, status):
        assert ana.post(self.sealed, **changes).status_code == status

    def test_a_message_of_yesterday_is_refused(self, ana, clock):
        query = ana.signed(self.sealed)
        clock.pass_by(minutes=6)

        assert ana.post(self.sealed, **query).status_code == 403

    def test_a_plain_message_is_refused_though_it_is_signed(self, app, ana):
        body = "<xml><FromUserName>oAna</FromUserName><Content>2</Content></xml>"

        answer = app.test_client().post("/wechat/anhui/", query_string=ana.signed(), data=body)

        assert answer.status_code == 403

    @pytest.mark.parametrize(
        "body", [b"", b"{}", b"<!DOCTYPE a [<!ENTITY b 'c'>]><xml><Encrypt>&b;</Encrypt></xml>"]
    )
    def test_a_body_that_is_no_message_is_refused(self, app, ana, body):
        answer = app.test_client().post(
            "/wechat/anhui/", query_string=ana.signed("x"), data=body
        )

        assert answer.status_code == 400

    def test_a_body_too_long_is_not_read(self, app, ana):
        answer = app.test_client().post(
            "/wechat/anhui/", query_string=ana.signed("x"), data=b"<" * (MOST_BYTES + 1)
        )

        assert answer.status_code == 413

    def test_no_other_form_goes_without_its_token(self, app, ana):
        answer = app.test_client().post(
            "/progress/", query_string=ana.signed(), data={"a": "b"}
        )

        assert answer.status_code == 400


class TestAnswers:
    def test_a_new_follower_is_greeted(self, ana):
        assert ana.does("subscribe").startswith("欢迎使用房改办网上办事大厅。")
        assert "咨询电话：0551-12345" in ana.does("SCAN", "qr")

    @pytest.mark.parametrize("typed", ["业务办理", " 办 理 ", "1", "Services"])
    def test_the_services_are_those_of_the_agency(self, ana, typed):
        answer = ana.says(typed)

        assert answer.startswith("业务办理\n\n住房货币化补贴\n")
        assert "在职职工" in answer
        assert "公积金" not in answer
        assert f'<a href="{ACCOUNT.hall}/wechat/anhui/login?next=/hall/apply/">' in answer

    def test_another_agency_offers_its_own(self, app):
        answer = Follower(app, agency="liaoning").does("CLICK", "SERVICES")

        assert "住房公积金" in answer
        assert "/wechat/liaoning/login" in answer

    @pytest.mark.parametrize("typed", ["什么", "&amp;#x31;", "?" * 2000, "<a href='x'>"])
    def test_anything_else_gets_the_help_and_is_not_repeated(self, ana, typed):
        answer = ana.says(typed)

        assert answer.startswith("请回复数字：\n1 业务办理")
        assert typed not in answer

    @pytest.mark.parametrize("event", ["unsubscribe", "VIEW", "LOCATION", "never heard of"])
    def test_an_event_that_asks_nothing_gets_no_answer(self, ana, event):
        assert ana.does(event, "x") == "success"

    def test_a_repeated_message_gets_the_same_answer(self, ana, rows, case, clock):
        before = ana.says("进度", number=7)
        with rows() as session:
            session.execute(
                sa.text("UPDATE application SET status = 'returned' WHERE id = :id"),
                {"id": case},
            )

        assert ana.says("进度", number=7) == before
        assert ana.says("进度", number=8) != before
        clock.pass_by(minutes=2)
        assert ana.says("进度", number=7) != before

    def test_nothing_is_written_and_nobody_is_asked(self, app, ana, case):
        with app.app_context():
            engine = db.engine
        statements = []

        def note(_connection, _cursor, statement, *_rest):
            statements.append(statement.split()[0].upper())

        sa.event.listen(engine, "before_cursor_execute", note)
        for typed in ("1", "2", "3", "?"):
            ana.says(typed)
        sa.event.remove(engine, "before_cursor_execute", note)

        assert set(statements) <= {"BEGIN", "SELECT", "PRAGMA"}

    def test_a_database_that_fails_is_silent_and_not_a_fault(self, app, ana, monkeypatch):
        def broken(*_args, **_kwargs):
            raise sa.exc.OperationalError("SELECT", {}, Exception("locked"))

        monkeypatch.setattr("app.hall.wechat.wechat_messages.answer", broken)

        assert ana.says("1") == "success"


class TestProgress:
    def test_who_is_not_bound_is_led_to_the_binding(self, ana):
        answer = ana.does("CLICK", "PROGRESS")

        assert "尚未绑定" in answer
        assert "/wechat/anhui/login?next=/hall/progress/" in answer

    def test_who_is_bound_reads_day_and_state_and_nothing_private(self, ana, rows, case):
        answer = ana.says("进度查询")

        assert answer.startswith("2026年11月18日提交的申请：房改办审核\n")
        with rows() as session:
            person = session.scalars(sa.select(Applicant)).one()
            private = (
                person.name,
                person.id_number,
                person.mobile,
                "5,000",
                "5000",
                "困难",
                "BT",
            )
        assert not [word for word in private if word in answer]

    def test_a_reader_of_english_gets_english(self, ana, rows, case):
        with rows() as session:
            session.scalars(sa.select(Applicant)).one().locale = "en"

        assert "Review by the Housing Reform Office" in ana.says("progress")

    def test_another_follower_sees_nothing_of_it(self, app, case):
        assert "尚未绑定" in Follower(app, openid="oBo").says("进度")

    def test_a_case_of_another_agency_is_not_told(self, app, case):
        assert "您还没有提交过申请" in Follower(app, agency="liaoning").says("进度")

    def test_a_log_in_that_was_switched_off_is_told_nothing(self, ana, rows, case):
        with rows() as session:
            session.scalars(sa.select(Applicant)).one().user.active = False

        assert "尚未绑定" in ana.says("进度")


class TestDelivery:
    @pytest.fixture
    def notice(self, rows, case):
        """A message that WeChat took."""
        with rows() as session:
            found = session.get(case_notices.Application, case)
            case_notices.about_case(session, "application_submitted", found, now=NOON)
            row = session.scalars(sa.select(Notice).where(Notice.channel == Channel.SMS)).one()
            row.channel, row.status, row.outside_id = Channel.WECHAT, NoticeStatus.SENT, "77"
            return row.id

    def told(self, ana, status, number="77"):
        more = f"<MsgID>{number}</MsgID><Status>{status}</Status>"
        return ana.send("event", f"<Event>TEMPLATESENDJOBFINISH</Event>{more}")

    def state(self, rows, notice):
        with rows() as session:
            row = session.get(Notice, notice)
            return row.channel, row.status

    def test_what_was_delivered_stays(self, ana, rows, notice):
        assert self.told(ana, "success").text == "success"
        assert self.state(rows, notice) == (Channel.WECHAT, NoticeStatus.SENT)

    @pytest.mark.parametrize("status", ["failed:user block", "failed: system failed"])
    def test_what_was_not_delivered_goes_as_text(self, ana, rows, notice, status):
        assert self.told(ana, status).text == "success"
        assert self.state(rows, notice) == (Channel.SMS, NoticeStatus.QUEUED)

    def test_a_number_not_known_yet_is_told_again(self, ana, rows, notice):
        assert self.told(ana, "failed:user block", number="78").status_code == 503
        assert self.state(rows, notice) == (Channel.WECHAT, NoticeStatus.SENT)


def test_five_seconds_are_never_needed(app, ana, case):
    began = dt.datetime.now(dt.UTC)

    for _ in range(10):
        ana.says("2")

    assert (dt.datetime.now(dt.UTC) - began).total_seconds() < 5
