-- Written by the schema tool, then completed by hand: text that is compared is COLLATE "C", rows that are updated leave
-- room on their page, and what exists already is counted at the end.

-- Never written, and nothing reads it.
ALTER TABLE "oauth_client" DROP COLUMN "last_used_at";

-- CreateTable
CREATE TABLE "request_hour" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "channel" TEXT COLLATE "C" NOT NULL,
    "outcome" TEXT COLLATE "C" NOT NULL,
    "requests" INTEGER NOT NULL,
    "units" INTEGER NOT NULL,
    "new_profiles" INTEGER NOT NULL,

    CONSTRAINT "request_hour_pkey" PRIMARY KEY ("organization_id","hour","channel","outcome")
) WITH (fillfactor = 70);

-- CreateTable
CREATE TABLE "request_hour_source" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "channel" TEXT COLLATE "C" NOT NULL,
    "outcome" TEXT COLLATE "C" NOT NULL,
    "source_id" TEXT COLLATE "C" NOT NULL,
    "client" TEXT COLLATE "C" NOT NULL,
    "requests" INTEGER NOT NULL,

    CONSTRAINT "request_hour_source_pkey" PRIMARY KEY ("organization_id","hour","channel","outcome","source_id","client")
) WITH (fillfactor = 70);

-- CreateTable
CREATE TABLE "request_day_source" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "day" DATE NOT NULL,
    "source_id" TEXT COLLATE "C" NOT NULL,
    "client" TEXT COLLATE "C" NOT NULL,
    "requests" INTEGER NOT NULL,
    "units" INTEGER NOT NULL,

    CONSTRAINT "request_day_source_pkey" PRIMARY KEY ("organization_id","day","source_id","client")
) WITH (fillfactor = 70);

-- CreateTable
CREATE TABLE "request_latency" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "bucket" SMALLINT NOT NULL,
    "requests" INTEGER NOT NULL,

    CONSTRAINT "request_latency_pkey" PRIMARY KEY ("organization_id","hour","bucket")
) WITH (fillfactor = 70);

-- CreateIndex
CREATE INDEX "audit_event_organization_id_action_id_idx" ON "audit_event"("organization_id", "action", "id");

-- CreateIndex
CREATE INDEX "audit_event_organization_id_actor_id_idx" ON "audit_event"("organization_id", "actor", "id");

-- Which bucket of the histogram a latency belongs to; 0.25 ms to four minutes, what lies outside in the outermost.
CREATE FUNCTION latency_bucket_v1(p_ms real) RETURNS smallint LANGUAGE sql IMMUTABLE AS
    'SELECT greatest(0, least(79, floor(4 * ln(greatest(p_ms, 0.01)::float8) / ln(2::float8)) + 8))::smallint';

-- Adds completed requests to the four tables above; lib/quotas/ledger.ts calls it once for each, in the statement that
-- completes them, so that these and the rows agree at every moment. A function, since PostgreSQL keeps its plans; a change
-- of its meaning gets a new name. All arrays have one entry a request. Every process adds in the same order, so that none
-- waits for one that waits for it.
CREATE FUNCTION roll_up_avatar_requests_v1(
    p_organization_ids text[], p_created_at timestamptz[], p_channels text[], p_outcomes text[], p_key_ids text[],
    p_connection_ids text[], p_clients text[], p_units smallint[], p_new_profiles boolean[], p_latencies real[]
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO request_hour (organization_id, hour, channel, outcome, requests, units, new_profiles)
    SELECT organization_id, date_trunc('hour', created_at, 'UTC'), channel, outcome, count(*), sum(units),
        count(*) FILTER (WHERE new_profile AND units > 0)
    FROM unnest(p_organization_ids, p_created_at, p_channels, p_outcomes, p_units, p_new_profiles)
        AS r (organization_id, created_at, channel, outcome, units, new_profile)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (organization_id, hour, channel, outcome) DO UPDATE SET
        requests = request_hour.requests + excluded.requests, units = request_hour.units + excluded.units,
        new_profiles = request_hour.new_profiles + excluded.new_profiles;

    INSERT INTO request_hour_source (organization_id, hour, channel, outcome, source_id, client, requests)
    SELECT organization_id, date_trunc('hour', created_at, 'UTC'), channel, outcome, coalesce(key_id, connection_id, ''),
        coalesce(client, ''), count(*)
    FROM unnest(p_organization_ids, p_created_at, p_channels, p_outcomes, p_key_ids, p_connection_ids, p_clients)
        AS r (organization_id, created_at, channel, outcome, key_id, connection_id, client)
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (organization_id, hour, channel, outcome, source_id, client) DO UPDATE SET
        requests = request_hour_source.requests + excluded.requests;

    INSERT INTO request_day_source (organization_id, day, source_id, client, requests, units)
    SELECT organization_id, (created_at AT TIME ZONE 'UTC')::date, coalesce(key_id, connection_id, ''), coalesce(client, ''),
        count(*), sum(units)
    FROM unnest(p_organization_ids, p_created_at, p_key_ids, p_connection_ids, p_clients, p_units)
        AS r (organization_id, created_at, key_id, connection_id, client, units)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (organization_id, day, source_id, client) DO UPDATE SET
        requests = request_day_source.requests + excluded.requests, units = request_day_source.units + excluded.units;

    INSERT INTO request_latency (organization_id, hour, bucket, requests)
    SELECT organization_id, date_trunc('hour', created_at, 'UTC'), latency_bucket_v1(latency), count(*)
    FROM unnest(p_organization_ids, p_created_at, p_outcomes, p_latencies) AS r (organization_id, created_at, outcome, latency)
    WHERE outcome IN ('resolved', 'enriching', 'not_found') AND latency IS NOT NULL
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (organization_id, hour, bucket) DO UPDATE SET requests = request_latency.requests + excluded.requests;
END $$;

-- What was completed before.
INSERT INTO request_hour_source (organization_id, hour, channel, outcome, source_id, client, requests)
SELECT organization_id, date_trunc('hour', created_at, 'UTC'), channel, outcome, coalesce(key_id, connection_id, ''),
    coalesce(client, ''), count(*)
FROM avatar_request WHERE outcome <> 'pending' GROUP BY 1, 2, 3, 4, 5, 6;
INSERT INTO request_hour (organization_id, hour, channel, outcome, requests, units, new_profiles)
SELECT organization_id, date_trunc('hour', created_at, 'UTC'), channel, outcome, count(*), sum(units),
    count(*) FILTER (WHERE new_profile AND units > 0)
FROM avatar_request WHERE outcome <> 'pending' GROUP BY 1, 2, 3, 4;
INSERT INTO request_day_source (organization_id, day, source_id, client, requests, units)
SELECT organization_id, (created_at AT TIME ZONE 'UTC')::date, coalesce(key_id, connection_id, ''), coalesce(client, ''),
    count(*), sum(units)
FROM avatar_request WHERE outcome <> 'pending' GROUP BY 1, 2, 3, 4;
INSERT INTO request_latency (organization_id, hour, bucket, requests)
SELECT organization_id, date_trunc('hour', created_at, 'UTC'), latency_bucket_v1(latency_ms), count(*)
FROM avatar_request WHERE outcome IN ('resolved', 'enriching', 'not_found') AND latency_ms IS NOT NULL GROUP BY 1, 2, 3;
