"""The front page."""

from flask_appbuilder import IndexView, expose


class FrontView(IndexView):
    """What the hall is, whom it serves, and the way in."""

    route_base = ""
    default_view = "index"

    @expose("/")
    def index(self) -> str:
        """Show the front page."""
        return self.render_template("hall/front.html")
