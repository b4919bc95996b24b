"""The table of packages and arrows (docs/architecture.md), held against what the files import."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "scheduling/solver": {"sqlalchemy", "flask", "scheduling", "notifications", "portal"},
    "scheduling": {"flask", "flask_sqlalchemy", "itsdangerous", "twilio", "notifications", "portal"},
    "notifications/channels": {"sqlalchemy", "flask", "scheduling", "portal"},
    "notifications": {"flask", "flask_babel", "ortools", "itsdangerous", "portal"},
    "portal": {"ortools", "twilio"},
    "migrations/versions": {"scheduling", "notifications", "portal"},
}
"""What a folder may not import; `scheduling/solver` may import itself."""
HOMES = {
    "ortools": {"scheduling/solver/routing.py"},
    "geopy": {"scheduling/travel.py", "scheduling/geocode.py"},
    "twilio": {"notifications/channels/sms.py"},
    "itsdangerous": {"portal/links.py"},
    "PIL": {"portal/logo.py"},
    "flask_sqlalchemy": {"portal/extensions.py"},
    "celery": {"portal/engine/distributed.py"},
}
"""One file per vendor."""
DOORS = ("customer", "console", "admin", "api")


def modules() -> Iterator[tuple[str, set[str]]]:
    """Every file of ours and the full names of what it imports."""
    for package in ("portal", "scheduling", "notifications", "migrations"):
        for path in (ROOT / package).rglob("*.py"):
            nodes = list(ast.walk(ast.parse(path.read_text())))
            names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
            for node in nodes:
                if isinstance(node, ast.ImportFrom) and node.module:
                    names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            yield path.relative_to(ROOT).as_posix(), names


MODULES = dict(modules())


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_a_folder_imports_only_what_its_row_allows(folder: str) -> None:
    wrong = {
        (file, name)
        for file, names in MODULES.items()
        if file.startswith(f"{folder}/")
        for name in names
        if name.split(".")[0] in FORBIDDEN[folder]
        and not (folder == "scheduling/solver" and name.startswith("scheduling.solver"))
    }
    assert wrong == set()


@pytest.mark.parametrize("vendor", HOMES)
def test_a_vendor_has_one_home(vendor: str) -> None:
    assert {file for file, names in MODULES.items() if any(n.split(".")[0] == vendor for n in names)} == HOMES[vendor]


@pytest.mark.parametrize("door", DOORS)
def test_doors_do_not_know_each_other(door: str) -> None:
    others = tuple(f"portal.{other}" for other in DOORS if other != door)
    wrong = {
        (file, name)
        for file, names in MODULES.items()
        if file.startswith(f"portal/{door}/")
        for name in names
        if name.startswith(others)
    }
    assert wrong == set()


def test_files_stay_small() -> None:
    files = [
        path
        for folder in ("portal", "scheduling", "notifications", "tests", "bench")
        for path in (ROOT / folder).rglob("*.py")
    ]
    assert {path.name for path in files if len(path.read_text().splitlines()) > 300} == set()
