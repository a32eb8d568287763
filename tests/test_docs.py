"""What the documentation must mention, it mentions; its links lead somewhere."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.urls import URLResolver, get_resolver

from clm_plugin.campaigns.rules import RULES
from clm_plugin.conf import Settings
from clm_plugin.console.explain import WORDS
from clm_plugin.events.api import TYPES
from clm_plugin.templatetags.clm import register

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PLUGIN = ROOT / "clm_plugin"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"])


def sections(name: str) -> dict[str, str]:
    """The second-level headings of a reference page, each with its text."""
    text = (DOCS / "reference" / f"{name}.md").read_text()
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {heading: body.strip() for heading, body in zip(parts[1::2], parts[2::2], strict=True)}


def check_ids() -> set[str]:
    """Every id that a system check of ours can give: the quoted ones, which are not docstrings."""
    code = "\n".join(path.read_text() for path in PLUGIN.rglob("checks.py"))
    return set(re.findall(r'"(clm\.[EW]\d{3})"', code))


def rule_names() -> set[str]:
    """Guardrails, and what else a verdict or a widget's refusal can give as its rule."""
    code = "\n".join(path.read_text() for path in PLUGIN.rglob("*.py"))
    given = set(re.findall(r'\brule="(\w+)"', code))
    return set(WORDS) | given | {name for rules in RULES.values() for name, _ in rules}


def endpoints() -> set[str]:
    """The paths under the plugin's prefix, with parameters as (name); the API describes itself."""
    found = set()
    for included in get_resolver("clm_plugin.urls").url_patterns:
        assert isinstance(included, URLResolver)
        if str(included.pattern):
            found.add(f"/clm/{included.pattern}")
            continue
        for inner in included.url_patterns:
            route = re.sub(r"<\w+:(\w+)>", r"(\1)", str(inner.pattern))
            found.add(f"/clm/{route}")
    return found


@pytest.mark.parametrize(
    ("page", "needed"),
    [
        ("settings", {field.name for field in fields(Settings)}),
        ("checks", check_ids()),
        ("events", set(TYPES)),
        ("rules", rule_names()),
        (
            "commands",
            {
                path.stem
                for path in (PLUGIN / "management/commands").glob("*.py")
                if not path.stem.startswith("_")
            },
        ),
    ],
)
def test_each_has_a_section_and_no_section_is_left_over(page: str, needed: set[str]) -> None:
    found = sections(page)
    assert needed, "nothing was found in the code to compare with"
    assert set(found) == needed
    assert [name for name, text in found.items() if not text] == []


def test_each_tag_is_documented() -> None:
    assert set(register.tags) <= set(sections("template-tags"))
    assert register.tags


def test_each_endpoint_is_documented() -> None:
    assert {heading.partition(" ")[2] for heading in sections("endpoints")} == endpoints()


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_the_default_of_a_setting_is_the_one_in_force(field) -> None:  # type: ignore[no-untyped-def]
    assert field.default is not MISSING
    written = sections("settings")[field.name]
    given = re.search(r"default `(.+?)`\.", written)
    assert given, written
    assert eval(given.group(1), {"timedelta": timedelta}) == field.default  # our own page
    assert len(written.partition("`.")[2]) > 10, "a sentence says what it is for"


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_each_field_of_an_event_is_named(type_: str) -> None:
    text = sections("events")[type_]
    assert [f.name for f in fields(TYPES[type_]) if f"`{f.name}`" not in text] == []
    assert ("*Public.*" in text) is TYPES[type_].public


def test_the_limits_are_the_ones_in_force() -> None:
    from clm_plugin.events.limits import MAX_BODY, MAX_EVENT, MAX_EVENTS, MAX_TEXT
    from clm_plugin.rest.bundle import MAX_PRODUCTS
    from clm_plugin.rest.decide import MAX_SLOTS

    text = (DOCS / "reference/endpoints.md").read_text()
    for row in (
        f"| body | {MAX_BODY // 1024} KiB |",
        f"| events in a request | {MAX_EVENTS} |",
        f"| one event's data | {MAX_EVENT // 1024} KiB as JSON |",
        f"| text in a field | {MAX_TEXT:,} characters |",
        f"| slots in a request | {MAX_SLOTS} |",
        f"| products in a bundle | {MAX_PRODUCTS} |",
    ):
        assert row in text


def test_the_browser_page_names_all_that_the_script_and_style_offer() -> None:
    text = (DOCS / "reference/template-tags.md").read_text()
    scripts = "\n".join(path.read_text() for path in (ROOT / "frontend").rglob("*.js"))
    style = (ROOT / "frontend/clm.css").read_text()
    named = {f"clm:{name}" for name in re.findall(r'\bmeta\("(\w+)"\)', scripts)}
    named |= set(re.findall(r'CustomEvent\("([^"]+)"', scripts))
    named |= set(re.findall(r"var\((--clm-[\w-]+)", style))
    assert len(named) > 10
    assert [name for name in sorted(named) if name not in text] == []


def test_the_glossary_is_sorted_and_says_each_word_once() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", (DOCS / "glossary.md").read_text(), re.MULTILINE)
    words = [word.strip() for word in rows if word.strip() != "word"]
    assert words == sorted(words, key=str.lower)
    assert len(words) == len({word.lower() for word in words})


def test_the_glossary_knows_every_stage_and_screen() -> None:
    from clm_plugin.lifecycle.api import DEFAULT

    text = (DOCS / "glossary.md").read_text()
    screens = ("Board", "Customer", "Campaign", "Receipt", "Dead letter", "Health")
    words = [*(stage.label for stage in DEFAULT.stages), *screens]
    assert [word for word in words if f"| {word} |" not in text] == []


def anchors(path: Path) -> set[str]:
    """The names of a page's headings, as GitHub makes them."""
    lines = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_page_is_reached_from_the_contents() -> None:
    contents = (DOCS / "README.md").read_text()
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert [page for page in pages if page != "README.md" and f"({page})" not in contents] == []


def snippets(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("page", [*DOCS.glob("howto/*.md")], ids=lambda path: path.name)
def test_what_is_to_be_copied_is_python(page: Path) -> None:
    for code in snippets(page):
        compile(code, str(page), "exec")


@pytest.mark.django_db
def test_the_consent_to_mail_that_the_how_to_records_is_heard() -> None:
    from clm_plugin.clock import now
    from clm_plugin.pipeline import drain
    from clm_plugin.profiles.api import mail_consents, profile_id_of

    [code] = snippets(DOCS / "howto/consent.md")
    exec(code, {"user": SimpleNamespace(pk=71)})  # our own page
    drain(now=now())
    profile = profile_id_of("customer:71")
    assert profile is not None
    assert mail_consents([profile]) == {profile: True}
