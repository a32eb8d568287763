"""What is shipped to shoppers: small, and what the sources build to."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "clm_plugin/static/clm_plugin"
CORE, WIDGET = 4_096, 12_288
BUDGET = {
    "clm.js": CORE,
    "clm.css": CORE,
    "clm-answer.js": WIDGET,
    "clm-bundle.js": WIDGET,
    "clm-chip.js": WIDGET,
    "clm-consent.js": WIDGET,
    "clm-data-layer.js": CORE,
    "clm-popup.js": WIDGET,
    "clm-survey.js": WIDGET,
}
needs_node = pytest.mark.skipif(
    not (ROOT / "node_modules/esbuild").exists(), reason="needs 'npm ci'"
)


@pytest.mark.parametrize("name", BUDGET)
def test_size_budget(name: str) -> None:
    size = len(gzip.compress((STATIC / name).read_bytes(), 9))
    print(f"{name}: {size} bytes gzipped")
    assert size <= BUDGET[name]


@pytest.mark.parametrize("name", BUDGET)
def test_nothing_from_outside_and_nothing_inline(name: str) -> None:
    text = (STATIC / name).read_text()
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert "eval(" not in text
    assert "new Function" not in text


@needs_node
def test_the_shipped_files_are_what_the_sources_build_to(tmp_path: Path) -> None:
    subprocess.run(["node", "frontend/build.mjs", str(tmp_path)], cwd=ROOT, check=True)
    built = sorted(path.name for path in tmp_path.iterdir())
    assert built == [*sorted(["clm-preview.css", *BUDGET])]
    for name in built:
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), (
            f"{name}: run 'npm run build' and commit the result"
        )


@needs_node
def test_the_sources_pass_the_type_check() -> None:
    done = subprocess.run(
        ["npx", "--no-install", "tsc", "--project", "tsconfig.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
