-- The atomic decision of lib/quotas/meter.ts: lock the counters, see what is left, grant in order of arrival, write one
-- AvatarRequest row for each grant, and add to the counters exactly what was written. One call serves many requests.
--
-- It is a function because PostgreSQL then keeps its plans: sent as text, planning it cost three times what running it
-- does. Processes of two versions may run at once, so a change of its meaning gets a new name.
--
-- p_ids … p_created_at (milliseconds) have one entry a request. The answer is one JSON document:
--   organizations: [{id, limit, used}]  of those that have counters for the period; limit null is unlimited
--   new:      [n]            requests (from 1) that were the organization's first for their profile
--   replayed: [{n, username, size, tool}]  requests whose idempotency key was used before, and what for
--   refused:  [{n, metric}]  requests that got nothing, and which quota lacked
-- Every other request was granted. With p_all_or_none, one refusal refuses all.
CREATE FUNCTION take_avatar_units_v1(
    p_ids text[], p_organization_ids text[], p_key_ids text[], p_connection_ids text[], p_user_ids text[],
    p_channels text[], p_tools text[], p_usernames text[], p_sizes smallint[], p_clients text[],
    p_origin_domains text[], p_idempotency_keys text[], p_created_at bigint[], p_period date, p_all_or_none boolean
) RETURNS json LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_plain boolean;
    v_new int[] := '{}';
    v_replayed json := '[]';
    v_refused json := '[]';
    v_organizations json;
BEGIN
    -- One order everywhere, so that processes cannot deadlock. What follows sees all that was committed before the
    -- lock was had, so a limit of N grants exactly N.
    PERFORM FROM quota_counter
    WHERE organization_id = ANY (p_organization_ids) AND period = p_period
        AND metric IN ('avatar_requests', 'avatar_new_profiles')
    ORDER BY organization_id, metric FOR UPDATE;

    -- Is there room for everybody, however many profiles are new, and does nobody retry? That is nearly always so.
    SELECT bool_and(counted = 2 AND coalesce(requests >= asked, true) AND coalesce(new_profiles >= asked, true))
            AND NOT EXISTS (SELECT FROM unnest(p_idempotency_keys) k WHERE k IS NOT NULL)
    INTO v_plain
    FROM (
        SELECT count(c.used) AS counted, any_org.asked,
            min(q."limit" - c.used) FILTER (WHERE c.metric = 'avatar_requests') AS requests,
            min(q."limit" - c.used) FILTER (WHERE c.metric = 'avatar_new_profiles') AS new_profiles
        FROM (SELECT o, count(*) AS asked FROM unnest(p_organization_ids) o GROUP BY o) any_org
        LEFT JOIN quota_counter c ON c.organization_id = any_org.o AND c.period = p_period
            AND c.metric IN ('avatar_requests', 'avatar_new_profiles')
        LEFT JOIN quota q ON q.organization_id = any_org.o AND q.metric = c.metric
        GROUP BY any_org.o, any_org.asked
    ) room;

    IF v_plain THEN
        WITH asked AS (
            SELECT * FROM unnest(p_ids, p_organization_ids, p_key_ids, p_connection_ids, p_user_ids, p_channels, p_tools,
                p_usernames, p_sizes, p_clients, p_origin_domains, p_created_at) WITH ORDINALITY AS r (
                id, organization_id, key_id, connection_id, user_id, channel, tool,
                username, size, client, origin_domain, created_at, n)
        ), met AS (
            INSERT INTO organization_profile (organization_id, username, first_seen_at)
            SELECT organization_id, username, to_timestamp(min(created_at) / 1000.0) FROM asked a
            WHERE NOT EXISTS (SELECT FROM organization_profile p
                WHERE p.organization_id = a.organization_id AND p.username = a.username)
            GROUP BY organization_id, username
            RETURNING organization_id, username
        ), first_rows AS (
            SELECT min(a.n) AS n FROM met JOIN asked a USING (organization_id, username) GROUP BY organization_id, username
        ), written AS (
            INSERT INTO avatar_request (organization_id, id, key_id, connection_id, user_id, channel, tool, username, size,
                outcome, units, new_profile, client, origin_domain, created_at)
            SELECT organization_id, id, key_id, connection_id, user_id, channel, tool, username, size,
                'pending', 1, n IN (SELECT n FROM first_rows), client, origin_domain, to_timestamp(created_at / 1000.0)
            FROM asked
        ), spent AS (
            SELECT o AS organization_id, count(*) AS requests,
                (SELECT count(*) FROM met WHERE met.organization_id = o) AS new_profiles
            FROM unnest(p_organization_ids) o GROUP BY o
        ), counted AS (
            UPDATE quota_counter c
            SET used = c.used + CASE c.metric WHEN 'avatar_requests' THEN spent.requests ELSE spent.new_profiles END
            FROM spent
            WHERE c.organization_id = spent.organization_id AND c.period = p_period
                AND (c.metric = 'avatar_requests' OR (c.metric = 'avatar_new_profiles' AND spent.new_profiles > 0))
        )
        SELECT coalesce(array_agg(n), '{}') INTO v_new FROM first_rows;
    ELSE
        WITH asked AS (
            SELECT * FROM unnest(p_ids, p_organization_ids, p_key_ids, p_connection_ids, p_user_ids, p_channels, p_tools,
                p_usernames, p_sizes, p_clients, p_origin_domains, p_idempotency_keys, p_created_at) WITH ORDINALITY AS r (
                id, organization_id, key_id, connection_id, user_id, channel, tool,
                username, size, client, origin_domain, idempotency_key, created_at, n)
        ), room AS (
            SELECT r.organization_id, coalesce(rq."limit" - r.used, 9e18) AS requests, coalesce(pq."limit" - p.used, 9e18) AS new_profiles
            FROM quota_counter r
            JOIN quota_counter p ON p.organization_id = r.organization_id AND p.period = r.period AND p.metric = 'avatar_new_profiles'
            LEFT JOIN quota rq ON rq.organization_id = r.organization_id AND rq.metric = 'avatar_requests'
            LEFT JOIN quota pq ON pq.organization_id = r.organization_id AND pq.metric = 'avatar_new_profiles'
            WHERE r.organization_id = ANY (p_organization_ids) AND r.period = p_period AND r.metric = 'avatar_requests'
        ), replayed AS (
            -- Used before, or by an earlier request of this very call.
            SELECT a.n, past.username, past.size, past.tool
            FROM asked a JOIN avatar_request past USING (organization_id, idempotency_key)
            UNION ALL
            SELECT n, first_username, first_size, first_tool FROM (
                SELECT n, row_number() OVER same AS place, first_value(username) OVER same AS first_username,
                    first_value(size) OVER same AS first_size, first_value(tool) OVER same AS first_tool
                FROM asked a WHERE idempotency_key IS NOT NULL AND NOT EXISTS (SELECT FROM avatar_request past
                    WHERE past.organization_id = a.organization_id AND past.idempotency_key = a.idempotency_key)
                WINDOW same AS (PARTITION BY organization_id, idempotency_key ORDER BY n)
            ) twice WHERE place > 1
        ), unseen AS (
            -- A profile is new at its first request; who comes first takes what room there is.
            SELECT organization_id, username, min(n) AS first_n, row_number() OVER (PARTITION BY organization_id ORDER BY min(n)) AS place
            FROM asked a WHERE n NOT IN (SELECT n FROM replayed) AND NOT EXISTS (SELECT FROM organization_profile p
                WHERE p.organization_id = a.organization_id AND p.username = a.username)
            GROUP BY organization_id, username
        ), payable AS (
            SELECT a.*, unseen.first_n, room.requests, row_number() OVER (PARTITION BY organization_id ORDER BY a.n) AS place
            FROM asked a JOIN room USING (organization_id) LEFT JOIN unseen USING (organization_id, username)
            WHERE a.n NOT IN (SELECT n FROM replayed) AND (unseen.place IS NULL OR unseen.place <= room.new_profiles)
        ), granted AS (
            SELECT * FROM payable WHERE place <= requests AND (NOT p_all_or_none OR (
                SELECT count(*) FROM payable WHERE place <= requests
            ) = (SELECT count(*) FROM asked) - (SELECT count(*) FROM replayed))
        ), met AS (
            INSERT INTO organization_profile (organization_id, username, first_seen_at)
            SELECT organization_id, username, to_timestamp(created_at / 1000.0) FROM granted WHERE n = first_n
        ), written AS (
            INSERT INTO avatar_request (organization_id, id, key_id, connection_id, user_id, channel, tool, username, size,
                outcome, units, new_profile, client, origin_domain, idempotency_key, created_at)
            SELECT organization_id, id, key_id, connection_id, user_id, channel, tool, username, size,
                'pending', 1, n IS NOT DISTINCT FROM first_n, client, origin_domain, idempotency_key, to_timestamp(created_at / 1000.0)
            FROM granted
        ), spent AS (
            SELECT organization_id, count(*) AS requests, count(*) FILTER (WHERE n = first_n) AS new_profiles
            FROM granted GROUP BY organization_id
        ), counted AS (
            UPDATE quota_counter c
            SET used = c.used + CASE c.metric WHEN 'avatar_requests' THEN spent.requests ELSE spent.new_profiles END
            FROM spent
            WHERE c.organization_id = spent.organization_id AND c.period = p_period
                AND (c.metric = 'avatar_requests' OR (c.metric = 'avatar_new_profiles' AND spent.new_profiles > 0))
        )
        SELECT (SELECT coalesce(array_agg(n), '{}') FROM granted WHERE n = first_n),
            (SELECT coalesce(json_agg(replayed), '[]') FROM replayed),
            (SELECT coalesce(json_agg(json_build_object('n', a.n, 'metric',
                    CASE WHEN unseen.place > room.new_profiles THEN 'avatar_new_profiles' ELSE 'avatar_requests' END)), '[]')
                FROM asked a LEFT JOIN unseen USING (organization_id, username) LEFT JOIN room USING (organization_id)
                WHERE a.n NOT IN (SELECT n FROM granted) AND a.n NOT IN (SELECT n FROM replayed))
        INTO v_new, v_replayed, v_refused;
    END IF;

    SELECT coalesce(json_agg(json_build_object('id', c.organization_id, 'limit', q."limit", 'used', c.used)), '[]') INTO v_organizations
    FROM quota_counter c LEFT JOIN quota q ON q.organization_id = c.organization_id AND q.metric = c.metric
    WHERE c.organization_id = ANY (p_organization_ids) AND c.period = p_period AND c.metric = 'avatar_requests';
    RETURN json_build_object('organizations', v_organizations, 'new', v_new, 'replayed', v_replayed, 'refused', v_refused);
END $$;
