"""A file that one person brings and another posts or refuses: the pages of both kinds."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose, has_access
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import current
from app.desk import deeds
from app.desk.sentences import sentence
from app.display.files import as_file
from app.domain.errors import Invalid, NotAllowed, RuleBroken
from app.screens.file_taking import FileTakingView
from app.transaction import transaction


class SecondHandsView(FileTakingView, ABC):
    """Upload, preview with every fault, hand on; a second person takes it away, posts, refuses.

    ``files`` is the service of one kind: bring, get_file, hand_out, post, refuse.
    """

    files: Any = None
    about = ""
    """The table of the files, for what is written down of a refusal."""

    faulty = ""
    """The sentence for a file in which a fault came up since it was brought."""

    @expose("/<int:file_id>/file")
    @has_access
    def download(self, file_id: int) -> Response:
        """Hand a waiting file out as it was brought; who took it is recorded."""

        def read(session: Session) -> tuple[str, bytes]:
            actor, now = current.actor(), current.now()
            file = self.files.get_file(session, file_id, actor=actor)
            return file.name, self.files.hand_out(session, file, actor=actor, now=now)

        name, data = deeds.hand_out(read, about=f"{self.about}:{file_id}")
        return as_file(data, name=name, kind="application/octet-stream")

    @expose("/<int:file_id>/post", methods=["POST"])
    @has_access
    def post(self, file_id: int) -> Any:
        """Post a file that a colleague brought."""
        reports: list[Any] = []

        def work(session: Session) -> None:
            actor = current.actor()
            file = self.files.get_file(session, file_id, actor=actor)
            report = self.files.post(session, file, actor=actor, now=current.now())
            reports.append(report)
            if report.batch_id is None:
                raise Invalid(code=self.faulty)

        broken = self._try(work, file_id)
        if broken is not None:
            return self._told(broken, *reports)
        return self._back(self.posted(*reports))

    @expose("/<int:file_id>/refuse", methods=["POST"])
    @has_access
    def refuse(self, file_id: int) -> Any:
        """Refuse a file that a colleague brought, with the reason."""

        def work(session: Session) -> None:
            actor = current.actor()
            file = self.files.get_file(session, file_id, actor=actor)
            self.files.refuse(
                session, file, actor=actor, now=current.now(),
                reason=request.form.get("reason", ""),
            )  # fmt: skip

        broken = self._try(work, file_id)
        if broken is not None:
            return self._told(broken)
        return self._back(gettext("Refused. It stays on record and changes nothing."))

    def read(self, data: bytes, name: str, *, preview: bool) -> Any:
        """Return what the file holds; a look writes nothing, the rest hands it on."""
        if preview:
            return self.preview(data, name)
        with transaction() as session:
            return self.files.bring(
                session, data, name=name, actor=current.actor(), now=current.now()
            )

    @abstractmethod
    def preview(self, data: bytes, name: str) -> Any:
        """Return what the file holds and write nothing."""

    @abstractmethod
    def posted(self, report: Any = None) -> str:
        """Say what was posted; a form that came twice is answered without a report."""

    def taken(self, report: Any) -> tuple[str, str] | None:
        """Say that the file waits for a second person."""
        if report.file_id is None:
            return None
        said = gettext("The file is whole. A second person looks at it and posts it.")
        return said, self._here()

    def refused(self, broken: RuleBroken) -> Response:
        """Say why nothing was taken; what is not allowed is written down."""
        if isinstance(broken, NotAllowed):
            deeds.refuse(broken, about=self.about)
        return self.again(sentence(broken))

    def _here(self) -> str:
        return url_for(f"{self.endpoint}.index")

    def _try(self, work: Callable[[Session], None], file_id: int) -> RuleBroken | None:
        return deeds.attempt(work, location=self._here(), about=f"{self.about}:{file_id}")

    def _back(self, said: str) -> Response:
        flash(said, "success")
        return redirect(self._here())

    def _told(self, broken: RuleBroken, report: Any = None) -> Any:
        flash(sentence(broken), "danger")
        return self._page(report), 403 if isinstance(broken, NotAllowed) else 422
