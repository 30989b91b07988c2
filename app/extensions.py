"""What Flask is extended with: made here, bound in ``create_app`` (the AppBuilder is made there)."""

import flask_appbuilder.security.sqla.models  # noqa: F401 - relations to User need its mapping
from flask_appbuilder import Model
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

db = SQLAlchemy(model_class=Model)
migrate = Migrate(render_as_batch=True)
csrf = CSRFProtect()
