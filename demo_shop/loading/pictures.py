"""Draws a picture for everything in the range and hangs it on its product."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile
from typing import Any

from django.conf import settings
from oscar.core.loading import get_model

from demo_shop import artwork
from demo_shop.data.packed import Item, Shop
from demo_shop.loading.catalogue import Catalogue
from demo_shop.loading.progress import Progress

Category = get_model("catalogue", "Category")
ProductImage = get_model("catalogue", "ProductImage")
FOLDER = "larkhouse"
SIZE = 800
QUALITY = 86


def spec_of(item: Item) -> artwork.Spec:
    """What the artwork package needs to know of an item."""
    return artwork.Spec(
        kind=item.kind, pattern=item.pattern, colour=item.colour, detail=item.detail
    )


def _name(stem: str) -> str:
    # The version of the drawings is part of the name: new drawings never hide behind old files.
    return f"{FOLDER}/{stem}-{artwork.VERSION}.jpg"


def _draw(item: Item) -> str:
    """Draw the file unless an earlier load already has; returns its name below MEDIA_ROOT."""
    name = _name(item.code.lower())
    path = Path(settings.MEDIA_ROOT) / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = artwork.draw(spec_of(item), SIZE)
        picture.save(path, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return name


def _copy(name: str, stem: str) -> str:
    """A copy under another name: Oscar deletes the file of an image that is deleted."""
    folder, copied = Path(settings.MEDIA_ROOT), _name(stem)
    if not (folder / copied).exists():
        copyfile(folder / name, folder / copied)
    return copied


def load_pictures(shop: Shop, *, catalogue: Catalogue, progress: Progress) -> int:
    """One picture per item. A product with variants shows the one of its first."""
    rows: list[Any] = []
    seen: set[int] = set()
    for index, item in enumerate(shop.items):
        name = _draw(item)
        page = catalogue.pages[item.product]
        if item.value:
            product = catalogue.products[index]
            rows.append(ProductImage(product=product, original=name, caption=item.title))
        if item.product not in seen:
            seen.add(item.product)
            own = _copy(name, f"page-{page.slug}") if item.value else name
            rows.append(ProductImage(product=page, original=own, caption=page.title))
            _category_picture(catalogue.categories[shop.products[item.product].category], name)
        progress.advance(index + 1, len(shop.items))
    ProductImage.objects.bulk_create(rows)
    Category.objects.bulk_update(catalogue.categories.values(), ["image"])
    return len(shop.items)


def _category_picture(category: Any, name: str) -> None:
    if not category.image:
        category.image = _copy(name, f"category-{category.slug}")
