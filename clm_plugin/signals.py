"""Signals that we send to the host; our own flow uses none."""

from django.dispatch import Signal

person_erased = Signal()
"""Somebody is erased: ``person`` (profile ids, actors, addresses, order numbers) and ``now``. Sent
inside the erasure's transaction, so that a host forgets her together with us: an exception in a
receiver undoes the erasure."""

ledger_failed = Signal()
"""The books of store credit are not right: ``proof`` (``clm_plugin.wallet.api.Proof``) says where.
Sent by ``clm_verify`` and the nightly upkeep, after the proof is stored. Wake somebody up."""
