-- The atomic decision of lib/quotas/meter.ts: lock the counters, see what is left, grant in order of arrival, write one
-- AvatarRequest row for each grant, and add to the counters exactly what was written. One call serves many requests.
--
-- It is a function because PostgreSQL then keeps its plans: sent as text, planning it cost three times what running it
-- does. Processes of two versions may run at once, so a change of its meaning gets a new name.
--
-- p_ids … p_created_at (milliseconds) have one entry a request. The answer is one JSON document:
--   organizations: [{id, limit, used}]  of those whose counters were locked; limit null is unlimited. Requests of others
--                            were left alone: their counters were missing, or were made after the lock
--   new:      [n]            requests (from 1) that were the organization's first for their profile
--   replayed: [{n, username, size, tool}]  requests whose idempotency key was used before, and what for
--   refused:  [{n, metric}]  requests that got nothing, and which quota lacked
-- Every other request was granted. With p_all_or_none, one refusal refuses all, and so does a key used for something else.
--
-- A retry rides on the unit of the first request. retry_id says who did so last: if that one fails too the unit goes
-- back (lib/quotas/ledger.ts), but the failure of the first, told late, must not make the retry's answer free.
CREATE FUNCTION take_avatar_units_v1(
    p_ids text[], p_organization_ids text[], p_key_ids text[], p_connection_ids text[], p_user_ids text[],
    p_channels text[], p_tools text[], p_usernames text[], p_sizes smallint[], p_clients text[],
    p_origin_domains text[], p_idempotency_keys text[], p_created_at bigint[], p_period date, p_all_or_none boolean
) RETURNS json LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_locked text[];
    v_plain boolean;
    v_new int[] := '{}';
    v_replayed json := '[]';
    v_refused json := '[]';
    v_organizations json;
BEGIN
    -- One order everywhere, so that processes cannot deadlock. What follows sees all that was committed before the
    -- lock was had, so a limit of N grants exactly N.
    SELECT coalesce(array_agg(organization_id), '{}') INTO v_locked FROM (
        SELECT organization_id FROM (
            SELECT organization_id FROM quota_counter
            WHERE organization_id = ANY (p_organization_ids) AND period = p_period
                AND metric IN ('avatar_requests', 'avatar_new_profiles')
            ORDER BY organization_id, metric FOR UPDATE
        ) counter GROUP BY organization_id HAVING count(*) = 2
    ) both_counters;

    -- Is there room for everybody, however many profiles are new, and does nobody retry? That is nearly always so.
    SELECT bool_and(any_locked AND coalesce(requests >= asked, true) AND coalesce(new_profiles >= asked, true))
            AND NOT EXISTS (SELECT FROM unnest(p_idempotency_keys) k WHERE k IS NOT NULL)
    INTO v_plain
    FROM (
        SELECT any_org.o = ANY (v_locked) AS any_locked, any_org.asked,
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
            WHERE organization_id = ANY (v_locked)
        ), room AS (
            SELECT r.organization_id, coalesce(rq."limit" - r.used, 9e18) AS requests, coalesce(pq."limit" - p.used, 9e18) AS new_profiles
            FROM quota_counter r
            JOIN quota_counter p ON p.organization_id = r.organization_id AND p.period = r.period AND p.metric = 'avatar_new_profiles'
            LEFT JOIN quota rq ON rq.organization_id = r.organization_id AND rq.metric = 'avatar_requests'
            LEFT JOIN quota pq ON pq.organization_id = r.organization_id AND pq.metric = 'avatar_new_profiles'
            WHERE r.organization_id = ANY (v_locked) AND r.period = p_period AND r.metric = 'avatar_requests'
        ), past AS (
            -- Used before …
            SELECT a.n, a.id AS retry_id, organization_id, past.id, past.username, past.size, past.tool, past.outcome,
                (past.username, past.size, past.tool) IS NOT DISTINCT FROM (a.username, a.size, a.tool) AS same
            FROM asked a JOIN avatar_request past USING (organization_id, idempotency_key)
        ), repeated AS (
            -- … or by an earlier request of this very call, if that one gets its unit.
            SELECT n, id, first_n FROM (
                SELECT n, id, first_value(n) OVER (PARTITION BY organization_id, idempotency_key ORDER BY n) AS first_n
                FROM asked WHERE idempotency_key IS NOT NULL AND n NOT IN (SELECT n FROM past)
            ) by_key WHERE n > first_n
        ), paying AS (
            SELECT * FROM asked WHERE n NOT IN (SELECT n FROM past) AND n NOT IN (SELECT n FROM repeated)
        ), unseen AS (
            -- A profile is new at its first request; who comes first takes what room there is.
            SELECT organization_id, username, min(n) AS first_n, row_number() OVER (PARTITION BY organization_id ORDER BY min(n)) AS place
            FROM paying a WHERE NOT EXISTS (SELECT FROM organization_profile p
                WHERE p.organization_id = a.organization_id AND p.username = a.username)
            GROUP BY organization_id, username
        ), payable AS (
            SELECT a.*, unseen.first_n, row_number() OVER (PARTITION BY organization_id ORDER BY a.n) <= room.requests AS fits
            FROM paying a JOIN room USING (organization_id) LEFT JOIN unseen USING (organization_id, username)
            WHERE unseen.place IS NULL OR unseen.place <= room.new_profiles
        ), agreed AS (
            SELECT NOT p_all_or_none OR (
                (SELECT count(*) FROM payable WHERE fits) = (SELECT count(*) FROM paying)
                AND NOT EXISTS (SELECT FROM past WHERE NOT same)) AS go
        ), granted AS (
            SELECT payable.* FROM payable, agreed WHERE fits AND go
        ), retried AS (
            -- A row that is locked is being completed at this moment, by an answer that was good: giving units back needs
            -- the counters' locks, which we hold.
            UPDATE avatar_request r SET retry_id = last.retry_id
            FROM (
                SELECT r.organization_id, r.id, past.retry_id FROM past
                JOIN avatar_request r ON r.organization_id = past.organization_id AND r.id = past.id, agreed
                WHERE same AND go AND past.outcome = 'pending'
                    AND NOT EXISTS (SELECT FROM past later WHERE later.id = past.id AND later.same AND later.n > past.n)
                FOR UPDATE OF r SKIP LOCKED
            ) last WHERE r.organization_id = last.organization_id AND r.id = last.id AND r.outcome = 'pending'
        ), met AS (
            INSERT INTO organization_profile (organization_id, username, first_seen_at)
            SELECT organization_id, username, to_timestamp(created_at / 1000.0) FROM granted WHERE n = first_n
        ), written AS (
            INSERT INTO avatar_request (organization_id, id, key_id, connection_id, user_id, channel, tool, username, size,
                outcome, units, new_profile, client, origin_domain, idempotency_key, retry_id, created_at)
            SELECT organization_id, id, key_id, connection_id, user_id, channel, tool, username, size,
                'pending', 1, n IS NOT DISTINCT FROM first_n, client, origin_domain, idempotency_key,
                (SELECT r.id FROM repeated r WHERE r.first_n = granted.n ORDER BY r.n DESC LIMIT 1), to_timestamp(created_at / 1000.0)
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
        ), replayed AS (
            SELECT n, username, size, tool FROM past
            UNION ALL
            SELECT repeated.n, granted.username, granted.size, granted.tool
            FROM repeated JOIN granted ON granted.n = repeated.first_n
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
    WHERE c.organization_id = ANY (v_locked) AND c.period = p_period AND c.metric = 'avatar_requests';
    RETURN json_build_object('organizations', v_organizations, 'new', v_new, 'replayed', v_replayed, 'refused', v_refused);
END $$;
