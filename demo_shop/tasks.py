"""The demo's own background work."""

from datetime import datetime

from celery import shared_task

from demo_shop.travel import travel_for


@shared_task(name="demo_shop.travel")
def travel(start: str, target: str) -> None:
    """Finishes a journey of the clock that was too long for one request."""
    travel_for(start=datetime.fromisoformat(start), target=datetime.fromisoformat(target))
