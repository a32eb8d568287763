"""The life events that a new shop begins with."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from clm_plugin.profiles.models import LifeEventKind

_FIRST = (
    ("birthday", gettext_noop("Birthday")),
    ("anniversary", gettext_noop("Anniversary")),
)


def install_life_events() -> list[str]:
    """Make a birthday and an anniversary where no life event is known; returns their labels."""
    if LifeEventKind.objects.exists():
        return []
    made = [
        LifeEventKind(key=key, label=label, source=LifeEventKind.Source.DATED, yearly=True)
        for key, label in _FIRST
    ]
    LifeEventKind.objects.bulk_create(made)
    return [kind.label for kind in made]
