"""Picture codes on a page: the picture, its sound, and the field they are typed into."""

from flask import Response, abort, session
from flask_appbuilder import BaseView, expose

from app import current
from app.devices import VISIT, bound_to_address
from app.display import picture_code
from app.services.entry import picture_codes


class PictureCodeView(BaseView):
    """What a picture code looks and sounds like, for whom it was given only."""

    route_base = "/picture-code"
    default_view = "image"

    @expose("/<token>/image")
    def image(self, token: str) -> Response:
        """Draw the digits."""
        return Response(picture_code.image(digits(token)), mimetype="image/png")

    @expose("/<token>/sound")
    def sound(self, token: str) -> Response:
        """Speak the digits."""
        return Response(picture_code.sound(digits(token)), mimetype="audio/wav")


def digits(token: str) -> str:
    """Return the digits of a code that was given to this browser or address, or answer 404."""
    whom = (session.get(VISIT, ""), bound_to_address())
    known = (
        picture_codes.digits_of(token, bound, now=current.now()) for bound in whom if bound
    )
    return next(filter(None, known), None) or abort(404)
