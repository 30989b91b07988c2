"""The ways in which an agency may pay, by the word its row holds."""

from collections.abc import Mapping

from .csv_batch import CsvBatch
from .orders import Form
from .pain001 import Pain001

DIRECT = "simulator"
"""Payment by payment over a line of its own."""

FORMS: Mapping[str, Form] = {form.name: form for form in (Pain001(), CsvBatch())}
