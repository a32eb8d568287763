"""The lifecycle model as a picture, beside the editor: stages, rules in words, yardsticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render

from clm_plugin.console.guard import SEE_MODELS, may
from clm_plugin.console.lifecycle_models_words import told_stages
from clm_plugin.lifecycle.api import compile_model, readiness
from clm_plugin.shop.api import ShopError, get_shop

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from clm_plugin.lifecycle.authoring import LifecycleModel

CATEGORIES = 8


def preview(request: HttpRequest, authored: LifecycleModel) -> HttpResponse:
    """The page of the editor's side panel."""
    context: dict[str, Any] = {
        "authored": authored,
        "allowed": getattr(request, "user", None) is not None and may(request, *SEE_MODELS),
        "theme": _theme(request),
    }
    if context["allowed"]:
        context["stages"] = told_stages(compile_model(authored)) if authored.stages else []
        context["yardsticks"] = yardsticks()
    return render(request, "clm_plugin/console/lifecycle_preview.html", context)


def yardsticks() -> dict[str, Any]:
    """What silence is measured by, with the names of the categories that are known best."""
    found = readiness()
    names = _category_names()
    shown = found.categories[:CATEGORIES]
    return {
        "all": found,
        "categories": [(names.get(one.category, one.category), one) for one in shown],
        "more": len(found.categories) - len(shown),
    }


def _category_names() -> dict[str, str]:
    try:
        return {key: category.name for key, category in get_shop().categories().items()}
    except ShopError:  # names are a courtesy; the screen must open without them
        return {}


def _theme(request: HttpRequest) -> str:
    profile = getattr(getattr(request, "user", None), "wagtail_userprofile", None)
    return str(getattr(profile, "theme", "system"))
