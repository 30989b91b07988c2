# ruff: noqa: INP001 - run by its path
"""What gunicorn is told beside its command line: TLS, when a certificate is given."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config import tls_files

certfile, keyfile = tls_files()
