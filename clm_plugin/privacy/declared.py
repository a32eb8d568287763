"""The declarations of all tables, and the rows of one person by them. Knows no floor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps

from clm_plugin.events.api import events_about
from clm_plugin.exceptions import ClmError
from clm_plugin.personal import NOTHING, PersonalData

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from clm_plugin.profiles.api import Person


class Undeclared(ClmError):
    """A model of ours that does not say what it holds about people."""


@dataclass(frozen=True, slots=True)
class Table:
    """A model with its declaration; ``name`` is what files and pages call it."""

    model: type[Model]
    data: PersonalData

    @property
    def name(self) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.model.__name__).lower()

    @property
    def has_people(self) -> bool:
        """Whether rows can be found by a person."""
        return bool(self.data.person)

    def rows(self, person: Person) -> QuerySet[Any]:
        """The rows of one person, oldest first."""
        found = self.model._default_manager.order_by("pk")
        if self.data.by == "profile":
            return found.filter(**{f"{self.data.person}__in": person.profile_ids})
        events = events_about(person.actors, person.orders)
        if self.data.by == "event":
            return found.filter(**{f"{self.data.person}__in": events.values("id")})
        if self.model is events.model:
            return events.order_by("id")
        return found.filter(**{f"{self.data.person}__in": person.actors})


def tables() -> list[Table]:
    """Every table of ours with its declaration. Raises Undeclared naming those without one."""
    models = sorted(apps.get_app_config("clm_plugin").get_models(), key=lambda m: m.__name__)
    tables = [
        Table(model, said) for model in models if isinstance(said := _declared(model), PersonalData)
    ]
    if len(tables) < len(models):
        named = {table.model for table in tables}
        missing = [model.__name__ for model in models if model not in named]
        raise Undeclared(
            f"{', '.join(missing)}: say with personal_data = PersonalData(…) or NOTHING what the"
            " table holds about people (clm_plugin/personal.py)"
        )
    return tables


def _declared(model: type[Model]) -> object:
    # Its own: a declaration that is inherited says nothing about what the child added.
    return model.__dict__.get("personal_data")


def about_people() -> list[Table]:
    """The tables whose rows can be found by a person."""
    return [table for table in tables() if table.has_people and table.data.by != "text"]


def brought() -> list[Table]:
    """The tables in which a person is only found by reading what somebody brought."""
    return [table for table in tables() if table.data.by == "text"]


def is_nothing(table: Table) -> bool:
    return table.data == NOTHING
