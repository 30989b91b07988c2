"""Whether family may withdraw too is the package's word: without it nobody is asked."""

import sqlalchemy as sa

from app.domain.workdays import local_date
from app.models import PolicySetting
from app.services.applying import wizard
from tests.factories import NOON, make_application


def asked(session, case):
    return {row.key for row in wizard.questions(session, case, on=local_date(NOON))}


def test_nobody_is_asked_for_family_where_only_the_holder_may_withdraw(session):
    case = make_application(session)
    assert "spouse_applies" in asked(session, case)

    session.scalars(
        sa.select(PolicySetting).where(
            PolicySetting.scheme_id == case.scheme_id, PolicySetting.key == "family_may_apply"
        )
    ).one().value = "0"
    session.commit()

    assert "spouse_applies" not in asked(session, case)
