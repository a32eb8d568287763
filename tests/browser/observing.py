"""What a page does in a browser: breaches of its policy, jumps, long tasks, barriers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
WATCH = """
window.violations = []; window.shift = 0; window.longTasks = [];
addEventListener("securitypolicyviolation", (event) =>
  violations.push(event.violatedDirective + " " + event.blockedURI));
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((e) => e.duration)))
  .observe({ type: "longtask", buffered: true });
"""
"""An init script that keeps count on ``window``."""


def serious(page: Page, within: str) -> list[str]:
    """Serious and critical findings of axe-core inside an element."""
    # A page that a click has only just asked for may not have come this far.
    page.wait_for_load_state()
    page.locator(within).first.wait_for(state="attached")
    # Through the debugger, not a script element: the page's policy would refuse that.
    page.evaluate(_AXE.read_text())
    found = page.evaluate("async (within) => (await axe.run(within)).violations", within)
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:120]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]
