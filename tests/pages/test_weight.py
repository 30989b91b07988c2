"""What a page weighs: how many requests its first view takes, and how many bytes come over the line.

Counted as the hall sends them: files compressed, the page itself as it is (a proxy may make it a
quarter of that). Whoever opens a second page gets the page alone: files are kept for ever.
"""

import re

import pytest
from bs4 import BeautifulSoup

from app import assets
from tests.pages.hall_walk import begin, give_account

TABLE = """
page                           who   requests   KB   script KB
/?agency=anhui                 -            9  100          30
/login/                        -            9   92          30
/register/?agency=anhui        -           11  102          34
/help/app/                     -            9   92          30
/hall/                         ana          9   95          30
wizard                         ana          9  102          30
/hall/progress/                ana          9   92          30
/applications/list/            chen        19  185          25
/desk/                         chen         9   96          25
/desk/queue/                   chen         9   96          40
"""
"""The most that each page may take; what it takes now stands in the message of a failure."""

ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
LOADED = ("link[rel=stylesheet][href]", "link[rel=icon][href]", "script[src]", "img[src]")
FONT = "icons/icons.woff"
OWN_SCRIPTS = 60 * 1024
FIRST_VIEW = 200


def loaded(page):
    """Return the addresses that a page loads with itself, the icon font among them."""
    soup = BeautifulSoup(page, "lxml")
    found = [tag.get("href") or tag.get("src") for tag in soup.select(", ".join(LOADED))]
    return [
        *dict.fromkeys(one for one in found if not one.startswith("data:")),
        assets.address(FONT),
    ]


def weighed(client, address):
    """Open a page and all it loads; return the files, the bytes sent, the bytes of own scripts."""
    with client.get(address, follow_redirects=True) as answer:
        assert answer.status_code == 200, address
        page = answer.data
    sent, scripts, files = len(page), 0, loaded(page)
    for file in files:
        with client.get(file, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.status_code == 200, file
            assert answer.cache_control.immutable, f"{file} on {address} has no lasting name"
            sent += len(answer.data)
            if file.endswith(".js") and "/appbuilder/" not in file:
                plain = re.sub(r"\.\w{12}(\.\w+)$", r"\1", file.removeprefix(assets.PREFIX))
                scripts += len(assets.collection()[plain][1])
    return files, sent, scripts


@pytest.fixture
def clients(rows, people, browse):
    """The browsers of the table, and the address of a page of the wizard."""
    ana = browse("ana")
    give_account(rows, people["ana"])
    wizard = begin(ana, "ZFFZ").url
    return {"-": browse().client, "ana": ana.client, "chen": browse("chen").client}, wizard


def test_every_page_keeps_to_its_weight(clients):
    browsers, wizard = clients
    seen, heavy = [], []
    for name, who, requests, most, most_script in ROWS:
        files, sent, scripts = weighed(browsers[who], wizard if name == "wizard" else name)
        row = f"{name:<31}{who:<6}{len(files) + 1:>8}{sent / 1024:>5.0f}{scripts / 1024:>12.0f}"
        seen.append(row)
        limits = (int(requests), int(most) * 1024, int(most_script) * 1024)
        if any(
            now > limit
            for now, limit in zip((len(files) + 1, sent, scripts), limits, strict=True)
        ):
            heavy.append(row)
        if not name.startswith("/applications/"):
            assert not [file for file in files if "/appbuilder/js/" in file], name

    assert not heavy, "\n".join(["now:", *seen])


def test_the_budgets_of_the_hall_hold_for_the_table():
    front = next(row for row in ROWS if row[0].startswith("/?"))

    assert int(front[3]) <= FIRST_VIEW
    assert all(int(row[4]) * 1024 <= OWN_SCRIPTS for row in ROWS)
