"""What the official account says: the services, where an application stands, help (SB10, SB11)."""

import datetime as dt
from collections.abc import Callable, Mapping

from flask_babel import force_locale, format_date, gettext
from sqlalchemy.orm import Session

from app.display.labels import applicant_label
from app.display.words import localized
from app.domain.workdays import SHANGHAI, local_date
from app.gateways.wechat import WechatAccount
from app.gateways.wechat.messages import Incoming
from app.models import Agency
from app.services import reference
from app.services.entry import wechat_people

SERVICES, PROGRESS, SIGN_IN = "SERVICES", "PROGRESS", "SIGN_IN"
"""Keys of the menu's buttons; what is typed leads to the same answers."""

TYPED: Mapping[str, str] = {
    "业务办理": SERVICES, "办理业务": SERVICES, "办理": SERVICES, "办事": SERVICES,
    "支取": SERVICES, "提取": SERVICES, "services": SERVICES, "apply": SERVICES, "1": SERVICES,
    "进度": PROGRESS, "查进度": PROGRESS, "进度查询": PROGRESS, "申请进度": PROGRESS,
    "申请进度查询": PROGRESS, "progress": PROGRESS, "2": PROGRESS,
    "登录": SIGN_IN, "立即登录": SIGN_IN, "绑定": SIGN_IN, "login": SIGN_IN, "bind": SIGN_IN,
    "3": SIGN_IN,
}  # fmt: skip

GREETED = ("subscribe", "scan")


def answer(
    session: Session,
    agency: Agency,
    account: WechatAccount,
    said: Incoming,
    *,
    now: dt.datetime,
) -> str:
    """Return the answer to a message, empty when none is expected; nothing is written.

    It never says who somebody is, what for or how much: a telephone shows it to who looks.
    """
    person = wechat_people.person_of(session, account, said.openid)
    desk = _Desk(session, agency, account, said.openid, now)
    with force_locale(person.locale if person is not None else "zh"):
        return desk.answer(said)


class _Desk:
    """Answers one message for one agency."""

    def __init__(
        self, session: Session, agency: Agency, account: WechatAccount, openid: str,
        now: dt.datetime,
    ) -> None:  # fmt: skip
        self._session, self._agency, self._account = session, agency, account
        self._openid, self._now = openid, now
        self._known: Mapping[str, Callable[[], str]] = {
            SERVICES: self.services,
            PROGRESS: self.progress,
            SIGN_IN: self.sign_in,
        }

    def answer(self, said: Incoming) -> str:
        """Return the answer to a message or an event."""
        if said.kind == "event":
            if said.event in GREETED:
                return self.welcome()
            return self._known[said.key]() if said.key in self._known else ""
        typed = TYPED.get("".join(said.text.split()).lower(), "")
        return self._known[typed]() if typed else self.help()

    def welcome(self) -> str:
        """Greet who follows the account or scans its code."""
        hall = localized(self._agency, "hall_name")
        return "\n".join((gettext("Welcome to %(hall)s.", hall=hall), "", self.help()))

    def help(self) -> str:
        """Say what can be written here."""
        return "\n".join((
            gettext("Reply with a number:"),
            gettext("1 Apply for a service"),
            gettext("2 Check the progress"),
            gettext("3 Log in and bind WeChat"),
            "",
            gettext("Hotline: %(number)s", number=self._agency.hotline),
        ))  # fmt: skip

    def services(self) -> str:
        """List what can be applied for today, with the way into the hall."""
        lines, today = [gettext("Apply for a service")], local_date(self._now)
        for scheme in self._agency.schemes:
            reasons = reference.reasons_in_force(self._session, scheme.id, today)
            names = [localized(reason, "name") for reason in reasons if reason.enabled]
            if names:
                lines += ["", localized(scheme, "name"), gettext(", ").join(names)]
        return "\n".join((
            *lines,
            "",
            self._link(gettext("Log in now and apply"), "/hall/apply/"),
            self._plain_link(gettext("What papers are needed"), f"/?agency={self._agency.code}"),
        ))  # fmt: skip

    def progress(self) -> str:
        """Say where the applications of who is bound stand: day and state, no more."""
        person = wechat_people.person_of(self._session, self._account, self._openid)
        if person is None:
            return "\n".join((
                gettext("WeChat is not bound to your account yet. Bind it once:"),
                self._link(gettext("Log in now"), "/hall/progress/"),
            ))  # fmt: skip
        lines = [
            gettext("Applied on %(day)s: %(state)s", day=self._day(case.submitted_at), state=applicant_label(case).word)
            for case in wechat_people.cases_of(self._session, person, self._agency)
        ]  # fmt: skip
        if not lines:
            return "\n".join((
                gettext("You have submitted no application here yet."),
                self._link(gettext("Log in now and apply"), "/hall/apply/"),
            ))  # fmt: skip
        return "\n".join(
            (*lines, "", self._link(gettext("See the details"), "/hall/progress/"))
        )

    def sign_in(self) -> str:
        """Lead into the hall; who is not bound binds there."""
        return "\n".join((
            self._link(gettext("Log in now"), "/hall/"),
            gettext("The first time you bind WeChat with your password or a code by SMS."),
        ))  # fmt: skip

    @staticmethod
    def _day(moment: dt.datetime | None) -> str:
        return format_date(moment.astimezone(SHANGHAI), rebase=False) if moment else ""

    def _link(self, words: str, path: str) -> str:
        return self._plain_link(words, f"/wechat/{self._agency.code}/login?next={path}")

    def _plain_link(self, words: str, path: str) -> str:
        return f'<a href="{self._account.hall}{path}">{words}</a>'
