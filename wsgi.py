"""Where web servers and the ``flask`` command find the application, with no setting at all."""

from app import create_app

app = create_app()
