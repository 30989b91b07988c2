"""The page of the last resort: when neither database nor frame can be had, nothing is looked up."""

from markupsafe import escape

PAGE = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>系统暂时无法使用 / Not available</title><link rel="stylesheet" href="/static/anju.css"></head>
<body><main class="aj-main aj-wrap" id="main"><div class="aj-card">
<h1>系统暂时无法使用</h1>
<p>已保存的内容不会丢失。请几分钟后再试；致电时请说明编号：</p>
<p class="aj-big aj-number">{number}</p>
<p lang="en">The hall is not available at the moment. What was saved is kept. Please try again
in a few minutes, and quote the number above if you call.</p>
</div></main></body>
</html>
"""


def last_page(number: str) -> str:
    """Return the page, in two languages, with the number to quote."""
    return PAGE.format(number=escape(number))
