"""The page of a case file: one HTML page that is read and printed without any network."""

import datetime as dt
import html
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.workdays import SHANGHAI
from app.services.dossiers.contents import HEADINGS
from app.services.dossiers.page_words import CODED, CODES, FIELDS, SUMS, TERMS

STYLE = (
    "body{font:16px/1.7 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;"
    "max-width:60rem;margin:2rem auto;padding:0 1rem;color:#17212f}"
    "header{border-bottom:3px double #0e2c52;text-align:center;color:#0e2c52}"
    "header p{margin:0}h1{margin:.25rem 0 .75rem;font-size:1.75rem;letter-spacing:.04em}"
    "h2{margin:2rem 0 .5rem;font-size:1.15rem;border-left:4px solid #14509a;padding-left:.6rem}"
    "h3{margin:1.25rem 0 .5rem;font-size:1rem}nav ul{display:flex;gap:1.5rem;padding:0;"
    "list-style:none}dl{box-decoration-break:clone;display:grid;grid-template-columns:13rem minmax(0,1fr);margin:0;"
    "border:1px solid #c6ced8;border-bottom:0}dt,dd{margin:0;padding:.35rem .75rem;"
    "border-bottom:1px solid #c6ced8}dt{background:#f3f6fb;color:#445166}"
    ".wide{overflow-x:auto}table{width:100%;border-collapse:collapse;font-size:.9375rem}"
    "th,td{padding:.35rem .6rem;border:1px solid #c6ced8;text-align:left;vertical-align:top}"
    "th{background:#f3f6fb;font-weight:600}.sum{text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}img{max-width:100%;border:1px solid #c6ced8}"
    "figure{margin:1rem 0}figcaption{font-size:.8125rem}code{overflow-wrap:anywhere;"
    "font-size:.8125rem}@media(max-width:40rem){dl{grid-template-columns:minmax(0,1fr)}dt{border:0;"
    "padding-bottom:0}}dl+dl{margin-top:1rem}@media print{@page{size:A4;margin:16mm 15mm}body{margin:0;padding:0;"
    "font-size:10.5pt;max-width:none}h2,h3{break-after:avoid}tr,dt,dd,figure{break-inside:avoid}"
    "figure img{max-height:220mm}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}"
)
HOW = (
    "文件夹内的 anju_verify.py 只需 Python 3.11 以上，可离线核验本案卷是否完整："
    "Python 3.11 or newer checks, without any network, that this file is whole:"
)
LOST = "（文件已不再保存 kept no more）"
NOTHING = "<p>（无 none）</p>"
WIDEST = 7
MOMENT = 16
"""Signs of a moment in words, to the minute."""


def page_of(record: Mapping[str, Any], papers: Sequence[str], words: Mapping[str, str]) -> str:
    """Return the page of a case: every value, escaped; pictures from beside it, nothing else.

    ``words`` are what the questions of the case, banks and documents are called.
    """
    case = record["case"]
    links = "".join(f'<li><a href="{_said(name)}">{_said(name)}</a></li>' for name in papers)
    return framed(
        f"案卷 Case file {case['number']}",
        f"<nav><ul>{links}</ul></nav>{sections(record, HEADINGS, words)}"
        f"<section><h2>核验 Check</h2><p>{HOW}</p><p><code>python3 anju_verify.py .</code></p>"
        "</section>",
        above=str(case.get("agency", "")),
    )


def framed(title: str, body: str, *, above: str = "") -> str:
    """Return a page that needs nothing from elsewhere; ``body`` is escaped already."""
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src 'self' file:; style-src 'unsafe-inline'\">"
        f"<title>{_said(title)}</title><style>{STYLE}</style></head><body>"
        f"<header><p>{_said(above)}</p><h1>{_said(title)}</h1></header>{body}</body></html>"
    )


def sections(
    record: Mapping[str, Any], headings: Mapping[str, str], words: Mapping[str, str]
) -> str:
    """Return every part of a record under its heading."""
    return "".join(
        f"<section><h2>{_said(headings.get(name, name))}</h2>"
        f"{_section(name, value, words)}</section>"
        for name, value in record.items()
    )


def _section(name: str, value: Any, words: Mapping[str, str]) -> str:
    if name == "materials":
        return "".join(map(_material, value)) or NOTHING
    if not value:
        return NOTHING
    if isinstance(value, list):
        return _rows(value, words)
    return _pairs(value, words, words if name == "answers" else FIELDS)


def _rows(rows: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    """Return rows that are alike: a table, or one below the other when they are too wide."""
    nested = any(isinstance(value, list | dict) for row in rows for value in row.values())
    if nested or len(rows[0]) > WIDEST or any(name in CODES for name in rows[0]):
        return "".join(_pairs(row, words) for row in rows)
    return _table(rows, words)


def _pairs(
    values: Mapping[str, Any], words: Mapping[str, str], names: Mapping[str, str] = FIELDS
) -> str:
    rows = "".join(
        f"<dt>{_said(names.get(name, name))}</dt><dd>{_cell(name, one, words)}</dd>"
        for name, one in values.items()
    )
    return f"<dl>{rows}</dl>"


def _table(rows: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    """Return rows that are alike; a column that is empty in all of them is left out."""
    names = [name for name in rows[0] if any(row.get(name) not in (None, "") for row in rows)]
    head = "".join(f'<th scope="col">{_said(FIELDS.get(name, name))}</th>' for name in names)
    body = "".join(
        "<tr>" + "".join(
            f"<td{' class=sum' if name in SUMS else ''}>{_cell(name, row.get(name), words)}</td>"
            for name in names
        ) + "</tr>"
        for row in rows
    )  # fmt: skip
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _material(one: Mapping[str, Any]) -> str:
    facts = {name: one[name] for name in ("code", "origin", "verdict")}
    return f"<h3>{_said(one['name'])}</h3>{_pairs(facts, {})}" + "".join(
        map(_figure, one["pages"])
    )


def _figure(page: Mapping[str, Any]) -> str:
    name = _said(page["file"])
    picture = f'<img src="{name}" alt="{name}">' if name else LOST
    return f"<figure>{picture}<figcaption><code>{page['sha256']}</code></figcaption></figure>"


def _cell(name: str, value: Any, words: Mapping[str, str]) -> str:
    """Return a value, escaped, as it is read."""
    if value in (None, "", [], {}):
        return "-"
    if isinstance(value, dict):
        return _pairs(value, words, words if name == "answers" else FIELDS)
    if isinstance(value, list) and isinstance(value[0], dict):
        return _rows(value, words)
    if isinstance(value, list):
        return "；".join(_cell(name, one, words) for one in value)
    said = _said(_in_words(name, value, words))
    return f"<code>{said}</code>" if name in CODES else said


def _in_words(name: str, value: Any, words: Mapping[str, str]) -> str:
    """Return terms in words, sums with separators, moments of here, all else as it stands."""
    if isinstance(value, bool):
        return "是 Yes" if value else "否 No"
    text = str(value)
    if name in SUMS:
        return _sum(text)
    known = words.get(text if name in CODED else f"{name}={text}")
    return TERMS.get(name, {}).get(text) or known or _moment(text)


def _sum(text: str) -> str:
    whole, _, fen = text.partition(".")
    return f"{int(whole):,}.{fen}" if whole.lstrip("-").isdigit() and fen.isdigit() else text


def _moment(text: str) -> str:
    """Return a moment in Asia/Shanghai to the minute; any other text as it is."""
    if "T" not in text[:11]:
        return text
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return found.astimezone(SHANGHAI).isoformat(" ")[:MOMENT] if found.tzinfo else text


def _said(text: Any) -> str:
    return html.escape(str(text))
