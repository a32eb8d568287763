"""The drawn pictures."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageStat

from demo_shop import artwork
from demo_shop.artwork.palette import COLOURS
from demo_shop.artwork.patterns import PAINTERS
from demo_shop.data import packed, ranges

SIZE = 96
ITEMS = packed.read().items


def picture(**spec: str) -> Image.Image:
    return artwork.draw(artwork.Spec(**spec), SIZE)


def first_of_each_kind() -> list[packed.Item]:
    return list({item.kind: item for item in reversed(ITEMS)}.values())


@pytest.mark.parametrize("item", first_of_each_kind(), ids=lambda item: item.kind)
def test_every_kind_draws_something(item: packed.Item) -> None:
    drawn = picture(kind=item.kind, pattern=item.pattern, colour=item.colour, detail=item.detail)
    assert drawn.size == (SIZE, SIZE)
    assert drawn.mode == "RGB"
    middle = drawn.crop((SIZE // 5, SIZE // 5, SIZE - SIZE // 5, SIZE - SIZE // 5))
    assert max(ImageStat.Stat(middle).stddev) > 8


def test_every_item_has_its_own_picture() -> None:
    seen: dict[bytes, str] = {}
    twins = []
    for item in ITEMS:
        drawn = artwork.draw(
            artwork.Spec(
                kind=item.kind, pattern=item.pattern, colour=item.colour, detail=item.detail
            ),
            SIZE,
        ).tobytes()
        if drawn in seen:
            twins.append((seen[drawn], item.title))
        seen[drawn] = item.title
    assert twins == []


def test_drawing_is_deterministic() -> None:
    spec = artwork.Spec(kind="teacup", pattern="regency", colour="green")
    assert artwork.draw(spec, SIZE).tobytes() == artwork.draw(spec, SIZE).tobytes()


@pytest.mark.parametrize("pattern", sorted(PAINTERS))
def test_every_pattern_shows_on_a_bag(pattern: str) -> None:
    plain = picture(kind="jumbo_bag", pattern="plain", colour="blue")
    printed = picture(kind="jumbo_bag", pattern=pattern, colour="blue")
    assert ImageChops.difference(plain, printed).getbbox()


@pytest.mark.parametrize("colour", sorted(COLOURS))
def test_every_colour_has_a_ground_it_stands_out_from(colour: str) -> None:
    drawn = picture(kind="mug", colour=colour)
    ground, thing = drawn.crop((4, 4, 8, 8)), drawn.crop((40, 60, 44, 64))
    assert sum(ImageStat.Stat(ImageChops.difference(ground, thing)).mean) > 10


def test_size_only_changes_the_size() -> None:
    spec = artwork.Spec(kind="alarm_clock", colour="red")
    large = artwork.draw(spec, 320).resize((SIZE, SIZE), Image.Resampling.BOX)
    apart = ImageChops.difference(large, artwork.draw(spec, SIZE))
    assert sum(ImageStat.Stat(apart).mean) < 12


def test_the_range_only_asks_for_what_can_be_drawn() -> None:
    for product in ranges.products():
        assert product.kind in artwork.KINDS
        for variant in product.variants:
            assert variant.colour in COLOURS
            assert variant.pattern in PAINTERS or variant.pattern in {"plain", "union"}
