"""A stranger follows the README in a plain Oscar shop without Wagtail."""

from __future__ import annotations

import time

import pytest

from tests.install.conftest import BARE_SHOP, ROOT, Project

pytestmark = pytest.mark.slow
# Those that share one installed shop, which takes a minute of migrations to make.
in_one_shop = pytest.mark.xdist_group("install")


def readme_lines() -> list[str]:
    """The lines of settings, URLs and templates that the README asks for, without comments."""
    section = (ROOT / "README.md").read_text().split("## Install it into your shop")[1]
    section = section.split("\n## ")[0]
    lines = []
    for block in section.split("```")[1::2]:
        language, _, code = block.partition("\n")
        if language in ("python", "django"):
            lines += [line.split("  #")[0].split("  {#")[0].strip() for line in code.splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "{#"))]


def test_the_readme_asks_for_no_more_than_fifteen_lines_and_the_shop_has_them_all() -> None:
    lines = readme_lines()
    assert 10 <= len(lines) <= 15
    files = [*BARE_SHOP.rglob("*.py"), *BARE_SHOP.rglob("*.html")]
    written = {line.strip() for path in files for line in path.read_text().splitlines()}
    assert [line for line in lines if line not in written] == []


def test_nothing_is_left_to_complain_about(project: Project) -> None:
    done = project.manage("check", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stdout
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("left_out", "names", "hint"),
    [
        ('CLM = {"SHOPP": "x"}', "clm.E001", "Known settings"),
        ('CLM = ["SHOP"]', "clm.E003", "CLM = {"),
        ('CLM = {"SHOP": "shop.adapter.Mine"}', "clm.E002", "OscarShop"),
        ('CLM = {"SHOP": None}', "clm.E002", "OscarShop"),
        ('INSTALLED_APPS.remove("django_celery_beat")', "clm.E005", "clm_plugin.INSTALLED_APPS"),
        ('OSCAR_DEFAULT_CURRENCY = "EUR"', "clm.W105", "'EUR'"),
        ("del WAGTAIL_SITE_NAME", "clm.E009", "WAGTAIL_SITE_NAME ="),
        ("del WAGTAILADMIN_BASE_URL", "wagtailadmin.W003", "base URL"),
        ("del MIDDLEWARE[-2]", "clm.W102", "BasketMiddleware"),
        (
            'INSTALLED_APPS.remove("haystack"); INSTALLED_APPS.append("haystack")',
            "clm.W011",
            "haystack first",
        ),
    ],
)
def test_a_line_left_out_is_named(project: Project, left_out: str, names: str, hint: str) -> None:
    project.change(left_out)
    told = project.manage("check", "--fail-level", "WARNING")
    assert told.returncode != 0
    assert names in told.stdout
    assert hint in told.stdout


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('path("clm/",', "clm.W007"),
        ('path("lifecycle-admin/",', "clm.W010"),
        ('path("documents/",', "clm.W010"),
        ('path("",', "clm.W103"),
    ],
)
def test_urls_left_out_are_named(project: Project, line: str, names: str) -> None:
    urls = project.folder / "shop" / "urls.py"
    kept = [each for each in urls.read_text().splitlines() if line not in each]
    urls.write_text("\n".join(kept))
    told = project.manage("check", "--fail-level", "WARNING")
    assert names in told.stdout
    assert line in told.stdout, "the hint is the line itself"


def test_the_app_alone_says_where_the_list_is(project: Project) -> None:
    project.change("INSTALLED_APPS = [a for a in INSTALLED_APPS if not a.startswith('wagtail')]")
    told = project.manage("check")
    assert "ImproperlyConfigured: clm_plugin needs more apps" in told.stdout
    assert "clm_plugin.INSTALLED_APPS" in told.stdout


def test_our_migrations_are_all_the_shop_needs(project: Project) -> None:
    """Nothing of ours depends on the host's DEFAULT_AUTO_FIELD."""
    project.change('DEFAULT_AUTO_FIELD = "django.db.models.AutoField"')
    done = project.manage("makemigrations", "--check", "--dry-run", "clm_plugin")
    assert done.returncode == 0, done.stdout


@in_one_shop
def test_a_visit_is_seen_and_answered(installed: Project) -> None:
    installed.step("visit")


@in_one_shop
def test_the_admin_opens_under_the_path_the_owner_chose(installed: Project) -> None:
    installed.step("administer")
    installed.step("upload")


@in_one_shop
def test_installing_twice_changes_nothing(installed: Project) -> None:
    again = installed.manage("clm_install")
    assert again.returncode == 0
    assert "Made the campaign" not in again.stdout
    assert "Scheduled" not in again.stdout
    read = installed.manage("clm_backfill")
    assert "0 events are new" in read.stdout, read.stdout


@in_one_shop
def test_numpy_and_scipy_may_be_missing(installed: Project) -> None:
    """``clm-plugin[oscar]`` does not bring them; a back-fill then says what to install."""
    for name in ("numpy", "scipy"):
        (installed.folder / f"{name}.py").write_text("raise ImportError('not installed')\n")
    try:
        done = installed.manage("clm_backfill")
    finally:
        for name in ("numpy", "scipy"):
            (installed.folder / f"{name}.py").unlink()
    assert done.returncode == 0, done.stdout
    assert 'pip install "clm-plugin[insights]"' in done.stdout


@in_one_shop
def test_the_doctor_sees_what_django_supposes(installed: Project) -> None:
    settings = installed.folder / "local.py"
    before = settings.read_text()
    installed.change('CLM = {"CURRENCY": "GBP"}')
    try:
        told = installed.manage("clm_doctor").stdout
    finally:
        settings.write_text(before)
    assert "FIX Links in mails lead to https://example.com" in told
    assert "FIX Mails come from webmaster@localhost" in told


@in_one_shop
def test_the_doctor_knows_what_is_missing_and_when_all_is_well(installed: Project) -> None:
    before = installed.manage("clm_doctor")
    assert before.returncode != 0
    for words in ("FIX Worker is alive", "celery -A <project> worker", "FIX Scheduler is alive"):
        assert words in before.stdout, before.stdout
    celery = installed.start_celery()
    try:
        for _ in range(12):
            after = installed.manage("clm_doctor")
            if after.returncode == 0:
                break
            time.sleep(4)
    finally:
        celery.stop()
    assert "All is well." in after.stdout, after.stdout + celery.log()
    assert "Traceback" not in celery.log()
