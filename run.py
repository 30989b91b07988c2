"""Serve the hall: migrate, load packages, start the bank simulator, the worker and the web."""

from app import create_app

app = create_app()
