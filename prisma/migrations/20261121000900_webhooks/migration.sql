-- CreateTable
CREATE TABLE "webhook_endpoint" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "events" TEXT[],
    "secret" BYTEA NOT NULL,
    "previous_secret" BYTEA,
    "previous_until" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "failing_since" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),
    "disabled_reason" TEXT,

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_delivery" (
    "id" TEXT NOT NULL DEFAULT ('msg_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)),
    "organization_id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "username" TEXT,
    "data" JSONB NOT NULL,
    "subject" TEXT,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),
    "status" SMALLINT,
    "latency_ms" INTEGER,
    "response" TEXT,
    "problem" TEXT,

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "webhook_endpoint_organization_id_created_at_idx" ON "webhook_endpoint"("organization_id", "created_at");

-- CreateIndex
CREATE INDEX "webhook_delivery_endpoint_id_state_due_at_idx" ON "webhook_delivery"("endpoint_id", "state", "due_at");

-- CreateIndex
CREATE INDEX "webhook_delivery_endpoint_id_created_at_idx" ON "webhook_delivery"("endpoint_id", "created_at");

-- CreateIndex
CREATE INDEX "webhook_delivery_username_idx" ON "webhook_delivery"("username");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_delivery_endpoint_id_type_subject_key" ON "webhook_delivery"("endpoint_id", "type", "subject");

-- AddForeignKey
ALTER TABLE "webhook_endpoint" ADD CONSTRAINT "webhook_endpoint_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The closed sets
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_state" CHECK ("state" IN ('pending', 'delivered', 'failed'));
ALTER TABLE "notice" DROP CONSTRAINT "notice_kind";
ALTER TABLE "notice" ADD CONSTRAINT "notice_kind" CHECK ("kind" IN ('quota_80', 'quota_100', 'key_leaked', 'webhook_disabled'));

-- The outbox of what providers told: whoever writes a profile, and of whichever version that program is, the deliveries
-- commit with it. Told are the organizations that have looked the person up, by any of their names, and do not hide them.
CREATE FUNCTION tell_of_profile_v1() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_changed text[] := '{}';
    v_before jsonb := '{}';
    v_before_photo text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        v_before := OLD.facts;
        v_before_photo := OLD.photo_sha256;
    END IF;
    -- A fact is {value, source, at}; that it was said again is no change.
    SELECT coalesce(array_agg(name ORDER BY name), '{}') INTO v_changed FROM jsonb_object_keys(v_before || NEW.facts) name
    WHERE NEW.facts -> name -> 'value' IS DISTINCT FROM v_before -> name -> 'value';
    IF NEW.photo_sha256 IS NOT DISTINCT FROM v_before_photo AND v_changed = '{}' THEN
        RETURN NULL;
    END IF;
    INSERT INTO webhook_delivery (organization_id, endpoint_id, type, username, data)
    SELECT e.organization_id, e.id, told.type, NEW.username, told.data
    FROM webhook_endpoint e, (VALUES
        ('avatar.ready', jsonb_build_object('photo', NEW.photo_sha256),
            NEW.photo_sha256 IS NOT NULL AND NEW.photo_sha256 IS DISTINCT FROM v_before_photo),
        ('profile.updated', jsonb_build_object('changed', v_changed), v_changed <> '{}')
    ) told (type, data, happened)
    WHERE told.happened AND told.type = ANY (e.events)
        AND EXISTS (SELECT FROM organization_profile p WHERE p.organization_id = e.organization_id
            AND p.username IN (SELECT NEW.username UNION ALL
                SELECT alias.username FROM profile alias WHERE alias.canonical_username = NEW.username))
        AND NOT EXISTS (SELECT FROM hidden_person h
            WHERE h.organization_id = e.organization_id AND h.username = NEW.username);
    RETURN NULL;
END $$;

CREATE TRIGGER profile_told AFTER INSERT ON profile FOR EACH ROW
    WHEN (NEW.photo_sha256 IS NOT NULL OR NEW.facts <> '{}'::jsonb)
    EXECUTE FUNCTION tell_of_profile_v1();
CREATE TRIGGER profile_changed AFTER UPDATE OF facts, photo_sha256 ON profile FOR EACH ROW
    WHEN (NEW.photo_sha256 IS DISTINCT FROM OLD.photo_sha256 OR NEW.facts IS DISTINCT FROM OLD.facts)
    EXECUTE FUNCTION tell_of_profile_v1();
