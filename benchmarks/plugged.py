"""Unplugging the plugin from a running shop, and plugging it in again, between two requests."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary

from django.dispatch import Signal
from django.template import Library
from django.template.engine import Engine
from django.utils.safestring import SafeString

LIBRARIES = ("clm", "clm_credit", "clm_offers", "clm_wallet")
"""What the shop's own templates load of the plugin."""


def _silent(library: Library) -> Library:
    """Its tags give nothing, where the plugin's scripts, slots and hints would be; its filters are
    the shop's to use."""
    found = Library()
    found.filters = library.filters
    for name in library.tags:
        found.simple_tag(_nothing, name=name)
    return found


def _nothing(*_: Any, **__: Any) -> SafeString:
    return SafeString("")


class Plug:
    """Variants of the running shop: each names the packages whose receivers are left out.

    A variant that leaves ``clm_plugin`` out also has templates compiled with tags that give
    nothing. Setting a variant swaps what was prepared; the request that follows pays nothing.
    """

    def __init__(self, variants: Mapping[str, tuple[str, ...]]) -> None:
        engine = Engine.get_default()
        self._loader: Any = engine.template_loaders[0]
        self._libraries = engine.template_libraries
        tags = {name: self._libraries[name] for name in LIBRARIES}
        silent = {name: _silent(library) for name, library in tags.items()}
        signals = [each for each in gc.get_objects() if issubclass(type(each), Signal)]
        self._variants = {
            name: _Variant(
                tags=silent if "clm_plugin" in left_out else tags,
                receivers=[_Receivers(signal, left_out) for signal in signals],
            )
            for name, left_out in variants.items()
        }

    def set(self, name: str) -> None:
        """The shop as this variant, from the next request on."""
        variant = self._variants[name]
        for each in variant.receivers:
            each.connect()
        self._libraries.update(variant.tags)
        self._loader.get_template_cache = variant.templates


@dataclass(frozen=True)
class _Variant:
    tags: dict[str, Library]
    receivers: list[_Receivers]
    templates: dict[str, Any] = field(default_factory=dict)


class _Receivers:
    """What a signal calls in one variant, with a cache of its own that stays warm."""

    def __init__(self, signal: Signal, left_out: tuple[str, ...]) -> None:
        self._signal = signal
        self._entries = [
            entry for entry in signal.receivers if not _module(entry).startswith(left_out)
        ]
        self._cache: Any = WeakKeyDictionary() if signal.use_caching else {}

    def connect(self) -> None:
        self._signal.receivers = self._entries
        self._signal.sender_receivers_cache = self._cache


def _module(entry: Any) -> str:
    receiver = next(part for part in entry if callable(part) or isinstance(part, ReferenceType))
    found = receiver() if isinstance(receiver, ReferenceType) else receiver
    return getattr(found, "__module__", "") or ""
