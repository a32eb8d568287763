"""A test database can be emptied, and refuses again afterwards."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from clm_plugin.models import Posting
from tests.wallet.ledger import give, person


@pytest.mark.django_db(transaction=True)
def test_a_flush_empties_the_ledger_and_leaves_it_guarded() -> None:
    give(person())
    call_command("flush", interactive=False, verbosity=0)
    assert not Posting.objects.exists()
    give(person())
    with pytest.raises(DatabaseError), transaction.atomic():
        Posting.objects.all().delete()
