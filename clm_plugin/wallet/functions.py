"""Holding and capturing as functions of PostgreSQL; ``by_function`` calls them.

Each is one statement for whoever calls it, so that holding needs no transaction around it, and is
planned once for a connection: whatever the statistics say, they find rows by key. In READ COMMITTED
each statement *inside* sees what was committed before it began, so what is read after a lock is
what the lock is for; one statement of many parts would see what was there before it waited.
``by_statement`` does the same elsewhere.
"""

from __future__ import annotations

SET_ASIDE = """
CREATE OR REPLACE FUNCTION clm_wallet_set_aside(
    its_hold bigint, owner bigint, its_currency text, asked bigint, moment timestamptz, most jsonb
) RETURNS jsonb LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
-- Sets aside what is asked, soonest expiry first: [[lot, programme, part], ...]. Raises CLM01, with
-- what is missing as its detail, when there is less.
DECLARE
    accounts bigint[];
    this record;
    part bigint;
    shares jsonb := '[]';
BEGIN
    accounts := ARRAY(
        SELECT id FROM clm_plugin_account
        WHERE profile_id = owner AND currency = its_currency AND purpose = 'customer'
        ORDER BY id FOR NO KEY UPDATE
    );
    FOR this IN
        SELECT l.id, l.account_id, l.remaining_minor - l.held_minor AS free,
            (SELECT programme FROM clm_plugin_account WHERE id = l.account_id) AS programme
        FROM clm_plugin_lot l
        WHERE l.account_id = ANY (accounts) AND l.opens_at <= moment
            AND (l.expires_at IS NULL OR l.expires_at > moment)
            AND l.remaining_minor > l.held_minor
        ORDER BY l.expires_at NULLS LAST, l.granted_at, l.id
    LOOP
        part := least(asked, this.free);
        IF most IS NOT NULL THEN
            part := least(part, coalesce((most ->> this.programme)::bigint, 0));
            CONTINUE WHEN part = 0;
            most := jsonb_set(
                most, ARRAY[this.programme], to_jsonb((most ->> this.programme)::bigint - part)
            );
        END IF;
        UPDATE clm_plugin_lot SET held_minor = held_minor + part WHERE id = this.id;
        UPDATE clm_plugin_account SET held_minor = held_minor + part WHERE id = this.account_id;
        INSERT INTO clm_plugin_holdshare (hold_id, lot_id, amount_minor)
        VALUES (its_hold, this.id, part);
        shares := shares || jsonb_build_array(jsonb_build_array(this.id, this.programme, part));
        asked := asked - part;
        EXIT WHEN asked = 0;
    END LOOP;
    IF asked > 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'CLM01', MESSAGE = 'not enough credit', DETAIL = asked;
    END IF;
    RETURN shares;
END $$
"""
NOT_ENOUGH = "CLM01"
"""The code of the error that both ``SET_ASIDE`` and ``HOLD`` raise."""

HOLD = """
CREATE OR REPLACE FUNCTION clm_wallet_hold(
    its_key text, mark text, owner bigint, its_currency text, asked bigint, its_order text,
    moment timestamptz, until timestamptz, most jsonb
) RETURNS jsonb LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
-- Claims the key and sets aside; NULL when there is a hold of this key.
DECLARE
    number bigint;
BEGIN
    INSERT INTO clm_plugin_hold (
        key, fingerprint, profile_id, currency, amount_minor, state, order_id, held_at, expires_at,
        reason
    ) VALUES (its_key, mark, owner, its_currency, asked, 'pending', its_order, moment, until, '')
    ON CONFLICT (key) DO NOTHING RETURNING id INTO number;
    IF number IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN clm_wallet_set_aside(number, owner, its_currency, asked, moment, most);
END $$
"""

CAPTURE = """
CREATE OR REPLACE FUNCTION clm_wallet_capture(
    its_hold text, asked bigint, its_key text, mark text, moment timestamptz, its_order text
) RETURNS jsonb LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
-- Posts what is paid of a hold (NULL: all), lets go of the rest and closes it:
-- [transaction, profile, currency, paid, [[lot, programme, part], ...]].
-- NULL when that cannot be; nothing is changed then, and the hold, if there is one, is locked.
DECLARE
    this clm_plugin_hold;
    number bigint;
    share record;
    its_account bigint;
    its_programme text;
    paying bigint;
    left_to_pay bigint;
    part bigint;
    shares jsonb := '[]';
BEGIN
    SELECT * INTO this FROM clm_plugin_hold WHERE key = its_hold FOR NO KEY UPDATE;
    paying := coalesce(asked, this.amount_minor);
    IF this.state IS DISTINCT FROM 'pending' OR paying > this.amount_minor THEN
        RETURN NULL;
    END IF;
    left_to_pay := paying;
    INSERT INTO clm_plugin_transaction (
        kind, programme, currency, key, fingerprint, at, reason, actor, order_id, source_kind,
        source_ref
    ) VALUES (
        'capture', '', this.currency, its_key, mark, moment, '', 'checkout', its_order, '', ''
    ) ON CONFLICT (key) DO NOTHING RETURNING id INTO number;
    IF number IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM clm_plugin_account
    WHERE id = ANY (ARRAY(
        SELECT account_id FROM clm_plugin_lot
        WHERE id = ANY (ARRAY(SELECT lot_id FROM clm_plugin_holdshare WHERE hold_id = this.id))
    )) ORDER BY id FOR NO KEY UPDATE;
    FOR share IN
        SELECT lot_id, amount_minor FROM clm_plugin_holdshare WHERE hold_id = this.id ORDER BY id
    LOOP
        part := least(left_to_pay, share.amount_minor);
        left_to_pay := left_to_pay - part;
        UPDATE clm_plugin_lot
        SET remaining_minor = remaining_minor - part, held_minor = held_minor - share.amount_minor
        WHERE id = share.lot_id RETURNING account_id INTO its_account;
        UPDATE clm_plugin_account
        SET balance_minor = balance_minor - part, held_minor = held_minor - share.amount_minor
        WHERE id = its_account RETURNING programme INTO its_programme;
        CONTINUE WHEN part = 0;
        INSERT INTO clm_plugin_posting (transaction_id, account_id, lot_id, amount_minor)
        VALUES
            (number, its_account, share.lot_id, -part),
            (number, (
                SELECT id FROM clm_plugin_account
                WHERE programme = its_programme AND purpose = 'redeemed'
            ), NULL, part);
        shares := shares || jsonb_build_array(
            jsonb_build_array(share.lot_id, its_programme, part)
        );
    END LOOP;
    UPDATE clm_plugin_hold SET state = 'posted', closed_at = moment, order_id = its_order
    WHERE id = this.id;
    RETURN jsonb_build_array(number, this.profile_id, this.currency, paying, shares);
END $$
"""
