-- Written by the schema tool, then completed by hand: ids compare byte by byte (COLLATE "C"), rows that are updated soon
-- after they are written leave room on their page, and what the schema language cannot say stands at the end.

-- CreateTable
CREATE TABLE "persona" (
    "id" TEXT COLLATE "C" NOT NULL,
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "slug" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "config" JSONB NOT NULL DEFAULT '{}',
    "built_in" TEXT,
    "revision" BIGINT NOT NULL DEFAULT 0,
    "indexed_revision" BIGINT NOT NULL DEFAULT 0,
    "reader_id" TEXT,
    "reader_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "persona_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "persona_source" (
    "persona_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "file_name" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "object_key" TEXT COLLATE "C" NOT NULL,
    "title" TEXT NOT NULL,
    "authors" TEXT[],
    "year" SMALLINT,
    "type" TEXT,
    "url" TEXT,
    "state" TEXT COLLATE "C" NOT NULL,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "page" INTEGER,
    "pages" INTEGER,
    "added_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "persona_source_pkey" PRIMARY KEY ("persona_id","id")
);

-- CreateTable
CREATE TABLE "persona_document" (
    "persona_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "place" BIGINT NOT NULL,
    "version" BIGINT NOT NULL,
    "facts" JSONB NOT NULL,

    CONSTRAINT "persona_document_pkey" PRIMARY KEY ("persona_id","id")
);

-- CreateTable
CREATE TABLE "persona_passage" (
    "persona_id" TEXT COLLATE "C" NOT NULL,
    "document_id" TEXT COLLATE "C" NOT NULL,
    "version" BIGINT NOT NULL,
    "position" INTEGER NOT NULL,
    "section" TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "sentences" JSONB NOT NULL,

    CONSTRAINT "persona_passage_pkey" PRIMARY KEY ("persona_id","document_id","version","position")
);

-- CreateTable
CREATE TABLE "persona_derived" (
    "persona_id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "object_key" TEXT COLLATE "C" NOT NULL,
    "bytes" INTEGER NOT NULL,

    CONSTRAINT "persona_derived_pkey" PRIMARY KEY ("persona_id","name")
);

-- CreateTable
CREATE TABLE "persona_request" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "persona_id" TEXT COLLATE "C",
    "key_id" TEXT COLLATE "C",
    "connection_id" TEXT COLLATE "C",
    "user_id" TEXT COLLATE "C",
    "channel" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "code" TEXT,
    "units" SMALLINT NOT NULL,
    "latency_ms" REAL,
    "client" TEXT,
    "idempotency_key" TEXT COLLATE "C",
    "retry_id" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "refunded_at" TIMESTAMPTZ(3),

    CONSTRAINT "persona_request_pkey" PRIMARY KEY ("organization_id","id")
) WITH (fillfactor = 80);

-- CreateTable
CREATE TABLE "unclaimed_object" (
    "prefix" TEXT COLLATE "C" NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "unclaimed_object_pkey" PRIMARY KEY ("prefix")
);

-- CreateIndex
CREATE UNIQUE INDEX "persona_organization_id_slug_key" ON "persona"("organization_id", "slug");

-- AddForeignKey
ALTER TABLE "persona" ADD CONSTRAINT "persona_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "persona_source" ADD CONSTRAINT "persona_source_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "persona"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "persona_document" ADD CONSTRAINT "persona_document_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "persona"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "persona_passage" ADD CONSTRAINT "persona_passage_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "persona"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "persona_derived" ADD CONSTRAINT "persona_derived_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "persona"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Whose sources wait is asked every few seconds.
CREATE INDEX "persona_source_waiting" ON "persona_source" ("persona_id") WHERE "state" = 'waiting';
-- One unit per Idempotency-Key, whichever process takes it.
CREATE UNIQUE INDEX "persona_request_idempotency_key" ON "persona_request" ("organization_id", "idempotency_key")
    WHERE "idempotency_key" IS NOT NULL;

-- The closed sets
ALTER TABLE "persona" ADD CONSTRAINT "persona_built_in" CHECK ("built_in" IN ('docs'));
ALTER TABLE "persona_source" ADD CONSTRAINT "persona_source_state" CHECK ("state" IN ('waiting', 'done', 'failed'));
ALTER TABLE "persona_request" ADD CONSTRAINT "persona_request_channel" CHECK ("channel" IN ('api', 'mcp', 'dashboard'));
ALTER TABLE "persona_request" ADD CONSTRAINT "persona_request_outcome"
    CHECK ("outcome" IN ('pending', 'answered', 'not_covered', 'blocked', 'failed'));

-- Whoever deletes a persona, a workspace's end among them, leaves its files to be removed.
CREATE FUNCTION leave_persona_objects_v1() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Long ago: nothing waits for them.
    INSERT INTO unclaimed_object (prefix, since) VALUES ('personas/' || OLD.id, 'epoch') ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER "persona_deleted" AFTER DELETE ON "persona" FOR EACH ROW EXECUTE FUNCTION leave_persona_objects_v1();

-- The atomic decision of lib/quotas/persona-meter.ts: lock the counter, see what is left, write the row and count it.
-- The answer: {kind: granted | replayed | reused | refused, row, limit, used}. A retry (same idempotency key) rides on the
-- unit of the first request, whose row it names; retry_id says who did so last, as in take_avatar_units_v1.
CREATE FUNCTION take_persona_unit_v1(
    p_id text, p_organization_id text, p_persona_id text, p_key_id text, p_connection_id text, p_user_id text,
    p_channel text, p_tool text, p_client text, p_idempotency_key text, p_created_at bigint, p_period date
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    v_used bigint;
    v_limit bigint;
    v_past persona_request;
    v_kind text;
BEGIN
    INSERT INTO quota_counter (organization_id, metric, period, used)
    VALUES (p_organization_id, 'persona_requests', p_period, 0) ON CONFLICT DO NOTHING;
    -- What follows sees all that was committed before the lock was had, so a limit of N grants exactly N.
    SELECT used INTO v_used FROM quota_counter
    WHERE organization_id = p_organization_id AND metric = 'persona_requests' AND period = p_period FOR UPDATE;
    SELECT "limit" INTO v_limit FROM quota WHERE organization_id = p_organization_id AND metric = 'persona_requests';

    IF p_idempotency_key IS NOT NULL THEN
        SELECT * INTO v_past FROM persona_request
        WHERE organization_id = p_organization_id AND idempotency_key = p_idempotency_key;
    END IF;
    IF v_past.id IS NOT NULL THEN
        v_kind := CASE WHEN (v_past.persona_id, v_past.tool) IS NOT DISTINCT FROM (p_persona_id, p_tool)
            THEN 'replayed' ELSE 'reused' END;
        IF v_kind = 'replayed' AND v_past.outcome = 'pending' THEN
            UPDATE persona_request SET retry_id = p_id
            WHERE organization_id = p_organization_id AND id = v_past.id AND outcome = 'pending';
        END IF;
    ELSIF v_used >= v_limit THEN
        v_kind := 'refused';
    ELSE
        v_kind := 'granted';
        v_used := v_used + 1;
        INSERT INTO persona_request (organization_id, id, persona_id, key_id, connection_id, user_id, channel, tool, outcome,
            units, client, idempotency_key, created_at)
        VALUES (p_organization_id, p_id, p_persona_id, p_key_id, p_connection_id, p_user_id, p_channel, p_tool, 'pending',
            1, p_client, p_idempotency_key, to_timestamp(p_created_at / 1000.0));
        UPDATE quota_counter SET used = v_used
        WHERE organization_id = p_organization_id AND metric = 'persona_requests' AND period = p_period;
    END IF;
    RETURN json_build_object('kind', v_kind, 'row', coalesce(v_past.id, p_id), 'limit', v_limit, 'used', v_used);
END $$;
