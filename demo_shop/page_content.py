"""The first words on the shop's pages; editors change them in Wagtail from then on."""

from typing import Any

PROMISES = {
    "type": "promises",
    "value": [
        {"title": "Free delivery over £40", "text": "And £3.95 for everything below."},
        {"title": "Thirty days to change your mind", "text": "Send it back, no questions asked."},
        {"title": "Chosen by people", "text": "Small makers, honest materials, no filler."},
    ],
}

HOME: dict[str, Any] = {
    "title": "Gifts and small comforts",
    "eyebrow": "Autumn at Larkhouse",
    "headline": "Little things that make a house kind.",
    "introduction": (
        "Lights for the long evenings, tins for the good biscuits and something to unwrap "
        "for whoever comes to tea."
    ),
    "action_label": "Shop everything",
    "action_url": "/catalogue/",
    "body": [
        {
            "type": "shelf",
            "value": {"heading": "Loved by regulars", "category": "", "count": 8},
        },
        {
            "type": "action",
            "value": {
                "heading": "Autumn lights",
                "text": "Lanterns, candles and strings of small lamps for the long evenings.",
                "label": "See the lights",
                "url": "/autumn-lights/",
            },
        },
        PROMISES,
    ],
}

LANDING_PAGES: dict[str, dict[str, Any]] = {
    "autumn-lights": {
        "title": "Autumn lights",
        "eyebrow": "The long evenings",
        "introduction": "A warm lamp in the window says somebody is home. Here are our favourites.",
        "body": [
            {
                "type": "text",
                "value": (
                    "<p>When the clocks go back, a house needs many small lights rather than one "
                    "big one. We have put together lanterns for the doorstep, candles for the "
                    "table and strings of lamps for everywhere else.</p>"
                ),
            },
            {
                "type": "shelf",
                "value": {
                    "heading": "For the window sill",
                    "category": "lights-candles",
                    "count": 8,
                },
            },
            {
                "type": "action",
                "value": {
                    "heading": "A basket over £40 travels free",
                    "text": "Add a candle or two and the postage is ours.",
                    "label": "Go on browsing",
                    "url": "/catalogue/",
                },
            },
        ],
    },
    "first-order": {
        "title": "Welcome to Larkhouse",
        "eyebrow": "Your first parcel",
        "introduction": "Not sure where to begin? These are what most people take home first.",
        "body": [
            {
                "type": "shelf",
                "value": {"heading": "A good beginning", "category": "", "count": 8},
            },
            PROMISES,
        ],
    },
}
