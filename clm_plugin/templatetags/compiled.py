"""Templates of ours that say the same to everybody, to be rendered once and not once a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.template import Context
    from django.template.base import Template


def compiled(context: Context, name: str) -> Template:
    """The template as the page's own engine has it now, which may be the shop's instead of ours.

    It is part of the key under which its HTML is kept: what is loaded anew is rendered anew.
    """
    page = context.template
    assert page is not None, "a tag is rendered by a template"
    return page.engine.get_template(name)
