"""How a file leaves the hall: never as a page, with a name that any browser reads right."""

import io

from flask import Response, send_file

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""What a file may do in a browser that opens it: nothing."""


def as_file(data: bytes, *, name: str, kind: str, inline: bool = False) -> Response:
    """Return an answer with a file: ``kind`` is its type, ``name`` what it is saved as (RFC 6266).

    Nothing keeps a copy on its way; only pictures of ours are shown ``inline``.
    """
    said = "".join(sign for sign in name if sign.isprintable())
    answer = send_file(
        io.BytesIO(data), mimetype=kind, as_attachment=not inline, download_name=said
    )
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
