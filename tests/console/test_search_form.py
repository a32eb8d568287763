"""The shop's own search field (a context processor of Oscar) does not appear in our screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests import test_roles
from tests.screens_by_role import SCREENS

if TYPE_CHECKING:
    from django.test import Client

things = test_roles.things


@pytest.mark.django_db
def test_no_screen_has_the_search_field_of_the_shop(
    root: Client, things: dict[str, object]
) -> None:
    # The shop's pages have it, so that the processor is there.
    assert "search_form" in root.get(reverse("catalogue:index")).context
    here = {space for space, *_ in test_roles.routes()}
    shown, looked = [], 0
    for space, table in SCREENS.items():
        for name in table if space in here else ():
            if " " in name:
                continue
            response = root.get(test_roles.path_of(space, name, things), follow=True)
            if response.streaming:
                continue
            looked += response.status_code == 200
            if 'tabindex="1"' in response.content.decode(errors="replace"):
                shown.append((space, name))
    assert shown == []
    assert looked > 60
