"""The group that holds every command of an operator."""

from flask.cli import AppGroup

anju = AppGroup("anju", help="Run and look after the hall.")
