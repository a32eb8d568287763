"""Packages enter each other by the door; the demo shop uses public doors only."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "clm_plugin"
# What any floor may import of the base, and what a door is called.
BASE = {
    "arrays",
    "clock",
    "conf",
    "exceptions",
    "instants",
    "permissions",
    "garbage",
    "health",
    "http",
    "jobs",
    "merges",
    "money",
    "moving",
    "personal",
    "upsert",
    "models",
    "picking",
    "pipeline",
    "proving",
    "rebuild",
    "refold",
    "doctor",
    "scheduled",
    "schedules",
    "signals",
    "sweeping",
    "INSTALLED_APPS",
    "zones",
}
DOORS = {"api", "data", "models"}
PUBLIC = {
    "clm_plugin.adapters.oscar.offers_applying",
    "clm_plugin.adapters.oscar.offers_checkout",
    "clm_plugin.adapters.oscar.offers_vouchers",
    "clm_plugin.adapters.oscar.refunding",
    "clm_plugin.adapters.oscar.store_credit",
    "clm_plugin.api",
    "clm_plugin.pipeline",
    "clm_plugin.shop.api",
    "clm_plugin.signals",
    "clm_plugin.testing",
}


def imports_of(path: Path, *, types: bool = True) -> set[tuple[str, str]]:
    """(module, name) of all imports; without ``types``, of those that happen when it runs."""
    tree = ast.parse(path.read_text())
    typing = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }
    found = set()
    for node in ast.walk(tree):
        if node in typing and not types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    return found


def test_packages_enter_each_other_by_the_door() -> None:
    """Models may be read across floors only by the read floors above (insights, console, rest)
    and by segments, which compile to SQL over the tables of the floors below.

    A name that is imported for its type alone binds nothing and may come from anywhere.
    """
    wrong = []
    for path in PLUGIN.rglob("*.py"):
        own = path.relative_to(PLUGIN).parts[0]
        if own in {"models.py", "migrations", "apps.py", "management"}:
            continue
        for module, name in imports_of(path, types=False):
            parts = module.split(".")
            if parts[0] != "clm_plugin" or len(parts) < 2 or parts[1] in BASE | {own}:
                continue
            inner = parts[2] if len(parts) > 2 else name
            reads = own in {"insights", "console", "rest", "segments"} and inner == "models"
            if inner != "api" and not reads and parts[1] not in {"adapters", "testing"}:
                wrong.append(f"{path.relative_to(ROOT)}: {module} {name}")
    assert not wrong, "\n".join(sorted(wrong))


def test_the_demo_shop_uses_public_doors_only() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in (ROOT / "demo_shop").rglob("*.py")
        for module, _ in imports_of(path)
        if module.startswith("clm_plugin.") and not module.startswith(tuple(PUBLIC))
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_is_longer_than_300_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for folder in ("clm_plugin", "demo_shop", "benchmarks", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > 300
    ]
    assert not long, "\n".join(long)
