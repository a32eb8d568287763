"""A million people and what they did, made inside PostgreSQL: spread evenly, the same each time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.shop import BenchDatabase

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVENTS_EACH = 4
"""Events of a person in the log, mean; two of three in the last 60 days."""
ORDERS_OF = 0.6
"""Orders for each person; two lines each."""

# ``h(g, k)`` is an even number from 0 to 1, another for every k; SETUP makes and DROP removes it.
_HASH = """
CREATE OR REPLACE FUNCTION clm_bench_h(g bigint, k int) RETURNS float8 LANGUAGE sql IMMUTABLE
AS $$ SELECT ((hashint8extended(g, k) & 2147483647)::float8 / 2147483648.0) $$
"""
_ROWS = (
    """INSERT INTO clm_plugin_profile (id, created_at, customer_id, email, email_verified,
    first_name, language, country, time_zone) SELECT g, %(now)s, g::text, g || '@example.com',
    true, 'Ada', (ARRAY['en','de','fr','en-gb'])[1 + g %% 4], (ARRAY['GB','DE','FR'])[1 + g %% 3],
    '' FROM generate_series(1, %(people)s) g""",
    """INSERT INTO clm_plugin_identifier (actor, verified, profile_id, created_at)
    SELECT 'customer:' || g, true, g, %(now)s FROM generate_series(1, %(people)s) g""",
    """INSERT INTO clm_plugin_identifier (actor, verified, profile_id, created_at)
    SELECT 'visitor:' || g, true, g, %(now)s FROM generate_series(1, %(people)s, 2) g""",
    """INSERT INTO clm_plugin_standing (profile_id, stage, since, advocate, churn_risk)
    SELECT g, (ARRAY['acquire','nurture','retain','loyal','at-risk','lapsed'])
    [1 + floor(6 * clm_bench_h(g, 1))::int],
    %(now)s - make_interval(secs => 86400 * 200 * clm_bench_h(g, 2)), false, false
    FROM generate_series(1, %(people)s) g""",
    """INSERT INTO clm_plugin_orderfact (order_id, profile_id, placed_at, currency, total_minor,
    margin_minor, items, refunded_minor) SELECT 'o' || g,
    1 + floor(power(clm_bench_h(g, 3), 2) * %(people)s)::bigint,
    %(now)s - make_interval(secs => 86400 * 700 * clm_bench_h(g, 4)), 'GBP',
    1000 + (9000 * clm_bench_h(g, 5))::int, 500, 2, 0 FROM generate_series(1, %(orders)s) g""",
    """INSERT INTO clm_plugin_itemfact (order_id, product_id, category_id, quantity, total_minor)
    SELECT 'o' || g, n || '-' || (500 * clm_bench_h(g, 6 + n))::int,
    (40 * clm_bench_h(g, 8 + n))::int::text, 1, 1000
    FROM generate_series(1, %(orders)s) g, generate_series(0, 1) n""",
    """INSERT INTO clm_plugin_event (id, type, version, actor, object_id, occurred_at, received_at,
    source, payload, links) SELECT uuidv7(),
    (ARRAY['product.viewed','product.viewed','page.viewed','search.made'])
    [1 + floor(4 * clm_bench_h(g, 11))::int], 1,
    'customer:' || 1 + floor(power(clm_bench_h(g, 12), 2) * %(people)s)::bigint, '', at, at,
    'browser', jsonb_build_object('product_id', (500 * clm_bench_h(g, 13))::int::text), NULL
    FROM (SELECT g, %(now)s - make_interval(secs => 86400 * CASE WHEN g %% 3 = 0 THEN 700 ELSE 60
    END * clm_bench_h(g, 14)) AS at FROM generate_series(1, %(events)s) g) x""",
    """INSERT INTO clm_plugin_facts (profile_id, sessions, page_views, product_views, searches,
    checkouts_started, reviews, praises, basket_id, basket_items, basket_minor, first_channel,
    last_channel, orders, items_bought, spend_minor, margin_minor, refunded_minor, first_order_at,
    last_order_at, last_seen_at, main_category) SELECT g, 1 + g %% 9, 5, g %% 12, 0, 0, 0, 0, '',
    g %% 3, 1000 * (g %% 3), 'direct', 'direct', coalesce(o.n, 0), coalesce(o.n, 0) * 2,
    coalesce(o.spend, 0), 0, 0, o.first, o.last,
    %(now)s - make_interval(secs => 86400 * 200 * clm_bench_h(g, 15)), ''
    FROM generate_series(1, %(people)s) g LEFT JOIN (SELECT profile_id, count(*) n,
    sum(total_minor) spend, min(placed_at) first, max(placed_at) AS last
    FROM clm_plugin_orderfact GROUP BY 1) o ON o.profile_id = g""",
    """INSERT INTO clm_plugin_consent (profile_id, purpose, channel, granted, changed_at, source,
    text_version, proof) SELECT g, 'marketing', 'mail', clm_bench_h(g, 16) < 0.7, %(now)s, 'banner',
    '', '{}' FROM generate_series(1, %(people)s) g WHERE clm_bench_h(g, 17) < 0.8""",
    """INSERT INTO clm_plugin_traitvalue (profile_id, key, text, told_at, strong, source)
    SELECT g, 'plan', (ARRAY['gold','silver','bronze'])[1 + floor(3 * clm_bench_h(g, 18))::int],
    %(now)s, true, 'api' FROM generate_series(1, %(people)s) g WHERE clm_bench_h(g, 19) < 0.5""",
    """INSERT INTO clm_plugin_traitvalue (profile_id, key, number, told_at, strong, source)
    SELECT g, 'age', 18 + floor(60 * clm_bench_h(g, 20)), %(now)s, true, 'api'
    FROM generate_series(1, %(people)s) g WHERE clm_bench_h(g, 21) < 0.5""",
    """INSERT INTO clm_plugin_rfmscore (profile_id, r, f, m, name, scored_at)
    SELECT profile_id, 1 + orders %% 5, 1 + orders %% 5, 3,
    (ARRAY['champions','loyal','lost','at-risk'])[1 + orders %% 4], %(now)s
    FROM clm_plugin_facts WHERE orders > 0""",
)


def people_in(database: BenchDatabase, number: int) -> None:
    """Empty the tables and fill them with ``number`` people; analysed as autovacuum would have."""
    from django.db import connection

    from clm_plugin import models

    tables = [
        models.Profile,
        models.Identifier,
        models.Standing,
        models.Facts,
        models.OrderFact,
        models.ItemFact,
        models.Event,
        models.Consent,
        models.TraitValue,
        models.RfmScore,
    ]
    database.empty(*tables)
    values: dict[str, Any] = {
        "now": NOW,
        "people": number,
        "orders": int(number * ORDERS_OF),
        "events": number * EVENTS_EACH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HASH)
        for statement in _ROWS:
            cursor.execute(statement, values)
        cursor.execute("DROP FUNCTION clm_bench_h(bigint, int)")
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table._meta.db_table}")
