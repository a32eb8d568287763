"""SQL and Python steps of our own migrations, applied to a database built from the models."""

from __future__ import annotations

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.state import ProjectState

OURS = {"clm_plugin"}


def apply_hand_written_operations() -> None:
    """Runs every ``RunSQL`` and ``RunPython`` of our migrations, in order."""
    loader = MigrationLoader(None, replace_migrations=False)
    state = _CurrentState()
    for app, name in loader.graph.nodes:
        if app not in OURS:
            continue
        migration = loader.graph.nodes[app, name]
        with connection.schema_editor(atomic=migration.atomic) as editor:
            for operation in migration.operations:
                if isinstance(operation, RunSQL | RunPython):
                    operation.database_forwards(app, editor, state, state)


class _CurrentState(ProjectState):
    """The models as they are now stand in for those of the past: the tables are as of now."""

    @property
    def apps(self) -> object:  # type: ignore[override]  # not those of a state
        return apps

    def clear_delayed_apps_cache(self) -> None:
        """Nothing is cached here."""
