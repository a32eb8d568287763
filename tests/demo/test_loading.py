"""The bulk loader, with a few customers."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oscar.core.loading import get_model
from pytest_django import Settings

from demo_shop import loading
from demo_shop.data import packed
from demo_shop.loading.history import buyers
from demo_shop.loading.people import person
from demo_shop.loading.progress import Lines

Category = get_model("catalogue", "Category")
Country = get_model("address", "Country")
Line = get_model("order", "Line")
Order = get_model("order", "Order")
Product = get_model("catalogue", "Product")
ProductImage = get_model("catalogue", "ProductImage")
Source = get_model("payment", "Source")
StockRecord = get_model("partner", "StockRecord")

NOW = datetime(2026, 6, 3, 23, 30, tzinfo=UTC)  # already the 4th in London


def test_flush_leaves_nothing_but_countries(db: None) -> None:
    loading.load(now=NOW, limit_customers=3, pictures=False)
    assert Order.objects.exists()
    loading.flush()
    for model in (Order, Line, Product, Category, StockRecord, Source, get_user_model()):
        assert not model.objects.exists()
    assert Country.objects.exists()
    assert loading.load(now=NOW, limit_customers=3, pictures=False).loaded


def test_about_a_tenth_of_all_orders_are_by_guests() -> None:
    everyone = buyers(packed.read())
    orders = sum(len(buyer.orders) for buyer in everyone)
    by_guests = sum(len(buyer.orders) for buyer in everyone if buyer.guest)
    assert 0.07 <= by_guests / orders <= 0.13


def test_queries_do_not_grow_with_the_orders(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # SQLite cuts large inserts into pieces; without that limit the count is the loader's own.
    monkeypatch.setattr(type(connection.features), "max_query_params", 250_000)
    counts = []
    for limit in (5, 60):
        with CaptureQueriesContext(connection) as queries:
            report = loading.load(now=NOW, limit_customers=limit, pictures=False)
        counts.append((report.orders, len(queries)))
        loading.flush()
    (few, small), (many, large) = counts
    assert many > few * 8
    assert large <= small + 12


def test_pictures_hang_on_products_and_variants(
    db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo_shop.loading.pictures.SIZE", 48)
    settings.MEDIA_ROOT = tmp_path
    report = loading.load(now=NOW, limit_customers=3)
    assert report.pictures == len(packed.read().items)
    files = [str(image.original) for image in ProductImage.objects.all()]
    assert len(files) == len(set(files)) == Product.objects.count()
    for product in Product.objects.all():
        assert (tmp_path / str(product.images.get().original)).exists()
    assert all(category.image for category in Category.objects.all())


def test_people_are_the_same_every_time_and_differ() -> None:
    assert person(17850, "GB") == person(17850, "GB")
    emails = {person(customer, "GB").email for customer in range(12346, 12546)}
    assert len(emails) == 200
    assert person(12583, "FR").country == "FR"


def test_every_country_of_the_data_has_names() -> None:
    for country in packed.read().countries:
        assert person(1, country).city


def test_the_command_loads_once_and_says_so(db: None) -> None:
    command_output = io.StringIO()
    call_command("demo_load", "--customers=3", "--no-pictures", stdout=command_output)
    call_command("demo_load", stdout=command_output)
    told = command_output.getvalue()
    assert "148 products" in told
    assert "Already loaded" in told
    assert "\x1b" not in told


def test_a_terminal_sees_a_counter() -> None:
    stream = io.StringIO()
    progress = Lines(stream, live=True)
    with progress.step("Orders"):
        progress.advance(1, 2)
    assert "50 %" in stream.getvalue()
    assert progress.seconds["Orders"] >= 0
