"""A stranger's project: a copy of ``bare_shop`` whose every command is a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo_shop.services.processes import Program, kill_group, launch, stop, wait_until

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BARE_SHOP = HERE / "bare_shop"

# What a machine under test must have of its own; the rest of the settings is the fixture's.
LOCAL = """
from pathlib import Path
from shop.settings import *
_folder = Path(__file__).resolve().parent
CELERY_BROKER_URL = "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": _folder / "queue", "data_folder_out": _folder / "queue",
    "control_folder": _folder / "control", "polling_interval": 0.2,
}
for _name in ("queue", "control"):
    (_folder / _name).mkdir(exist_ok=True)
"""


@dataclass(frozen=True, slots=True)
class Project:
    """Settings, templates and database in a folder of their own."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        # None of the test run's own settings may leak in.
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("DEMO_", "TEST_"))}
        return {
            **inherited,
            "DJANGO_SETTINGS_MODULE": "local",
            "PYTHONPATH": os.pathsep.join([str(self.folder), str(ROOT)]),
        }

    def change(self, code: str) -> None:
        """Add to the settings that this machine runs with."""
        with (self.folder / "local.py").open("a") as settings:
            settings.write(f"\n{code}\n")

    def python(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Output and errors together in ``stdout``."""
        return subprocess.run(
            [sys.executable, *argv],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )

    def manage(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "django", *argv)

    def step(self, name: str) -> None:
        """Run a function of ``steps`` inside the project."""
        done = self.python("-m", "tests.install.steps", name)
        assert done.returncode == 0, done.stdout

    def start_celery(self) -> Celery:
        return Celery(self)


class Celery:
    """A worker with beat inside, as the project's own Celery app starts it."""

    def __init__(self, project: Project) -> None:
        self.program = Program(
            name="celery",
            argv=[
                sys.executable,
                "-m",
                "celery",
                "-A",
                "shop",
                "worker",
                "--beat",
                "-P",
                "solo",
                "-l",
                "INFO",
            ],
            log=project.folder / "celery.log",
            environment=project.environment,
            cwd=project.folder,
        )
        self.process = launch(self.program)
        wait_until(lambda: " ready." in self.log(), self.process, self.program, seconds=60)

    def log(self) -> str:
        return self.program.log.read_text(errors="replace")

    def stop(self) -> None:
        stop(self.process, self.program)
        kill_group(self.process)


def make_project(folder: Path) -> Project:
    shutil.copytree(BARE_SHOP, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "local.py").write_text(LOCAL)
    return Project(folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Not migrated: for what needs no database."""
    return make_project(tmp_path / "shop")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """With everything the README says done, in a shop that has sold before."""
    project = make_project(tmp_path_factory.mktemp("stranger") / "shop")
    for command in ("migrate", "sell", "clm_install", "clm_backfill"):
        if command == "sell":
            project.step(command)
            continue
        done = project.manage(command)
        assert done.returncode == 0, f"{command}: {done.stdout}"
    return project
