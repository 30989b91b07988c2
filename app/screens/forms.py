"""How the form of a generated screen is drawn."""

from flask_appbuilder.widgets import FormWidget


class FieldsWidget(FormWidget):
    """One column of fields, each with its hint and its problem."""

    template = "screens/fields.html"
