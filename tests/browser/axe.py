"""What axe says of a page against WCAG 2.2 AA; the policy on scripts stays as it is."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN = """rules => axe.run(document, {resultTypes: ["violations"], runOnly: {type: "tag", values: rules}})
  .then(found => found.violations)"""


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def violations(page: Page, *, rules: Sequence[str] = RULES) -> list[str]:
    """Each violated rule with the elements that violate it; empty where the page is well made."""
    page.evaluate(_source())
    found: list[dict[str, Any]] = page.evaluate(RUN, list(rules))
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]
