"""The line between browser and hall: slow, cut; and what a page takes over it."""

from typing import Any

from playwright.sync_api import Page

SLOW = {"latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
"""1.6 Mbit/s down, 0.75 up, 150 ms there and back: a phone at the edge of its net."""

WATCH = """window.seen = {largest: 0, shift: 0};
new PerformanceObserver(list => list.getEntries().forEach(one => { seen.largest = one.startTime; }))
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(one => { if (!one.hadRecentInput) seen.shift += one.value; }))
  .observe({type: 'layout-shift', buffered: true});"""

READ = """() => {
  const page = performance.getEntriesByType('navigation')[0];
  const files = performance.getEntriesByType('resource');
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return {
    first_paint_ms: Math.round(paint ? paint.startTime : 0), largest_paint_ms: Math.round(seen.largest),
    layout_shift: Number(seen.shift.toFixed(4)), loaded_ms: Math.round(page.loadEventEnd),
    transferred_bytes: page.transferSize + files.reduce((sum, one) => sum + one.transferSize, 0),
    requests: 1 + files.length,
  };
}"""


def slow_down(page: Page) -> None:
    """Let everything of a window come over the slow line, with nothing kept from before."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.clearBrowserCache")
    line.send("Network.emulateNetworkConditions", {"offline": False, **SLOW})


def watch(page: Page) -> None:
    """Note when the pages of a window are painted and how much they move."""
    page.add_init_script(WATCH)


def figures(page: Page) -> dict[str, Any]:
    """Return what the open page took: paints, shift, bytes, requests."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)  # a late picture or a late movement counts as well
    read: dict[str, Any] = page.evaluate(READ)
    return read
