-- Written by the schema tool, then completed by hand: ids and usernames compare byte by byte (COLLATE "C": faster, and
-- no index depends on the system's locale data), rows that are updated soon after they are written leave room on their
-- page (fillfactor), and the closed sets are checked at the end.

-- CreateTable
CREATE TABLE "organization" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "plan" TEXT NOT NULL DEFAULT 'self_hosted',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT COLLATE "C" NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "user_id" TEXT COLLATE "C" NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT COLLATE "C" NOT NULL,
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "type" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "last4" TEXT NOT NULL,
    "encrypted" BYTEA,
    "allowed_domains" TEXT[],
    "created_by_id" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "rotated_to_id" TEXT COLLATE "C",

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quota" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "metric" TEXT COLLATE "C" NOT NULL,
    "limit" BIGINT,
    "set_by_operator" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "quota_pkey" PRIMARY KEY ("organization_id","metric")
);

-- CreateTable
CREATE TABLE "quota_counter" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "metric" TEXT COLLATE "C" NOT NULL,
    "period" DATE NOT NULL,
    "used" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "quota_counter_pkey" PRIMARY KEY ("organization_id","metric","period")
) WITH (fillfactor = 50);

-- CreateTable
CREATE TABLE "avatar_request" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "key_id" TEXT COLLATE "C",
    "connection_id" TEXT COLLATE "C",
    "user_id" TEXT COLLATE "C",
    "channel" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "username" TEXT COLLATE "C",
    "size" SMALLINT,
    "outcome" TEXT NOT NULL,
    "code" TEXT,
    "units" SMALLINT NOT NULL,
    "new_profile" BOOLEAN NOT NULL DEFAULT false,
    "latency_ms" REAL,
    "client" TEXT,
    "origin_domain" TEXT,
    "idempotency_key" TEXT COLLATE "C",
    "retry_id" TEXT COLLATE "C",
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "refunded_at" TIMESTAMPTZ(3),

    CONSTRAINT "avatar_request_pkey" PRIMARY KEY ("organization_id","id")
) WITH (fillfactor = 60);

-- CreateTable
CREATE TABLE "organization_profile" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "username" TEXT COLLATE "C" NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_profile_pkey" PRIMARY KEY ("organization_id","username")
);

-- CreateTable
CREATE TABLE "profile" (
    "username" TEXT COLLATE "C" NOT NULL,
    "canonical_username" TEXT COLLATE "C",
    "status" TEXT NOT NULL,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "photo_sha256" TEXT COLLATE "C",
    "photo_source" TEXT,
    "asked_providers" TEXT[],
    "queued_at" TIMESTAMPTZ(3),
    "checked_at" TIMESTAMPTZ(3),
    "stale_at" TIMESTAMPTZ(3),

    CONSTRAINT "profile_pkey" PRIMARY KEY ("username")
);

-- CreateTable
CREATE TABLE "imported_person" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "username" TEXT COLLATE "C" NOT NULL,
    "source" TEXT NOT NULL,
    "first_name" TEXT,
    "last_name" TEXT,
    "headline" TEXT,
    "company" TEXT,
    "position" TEXT,
    "location" TEXT,
    "email" TEXT,
    "photo_sha256" TEXT COLLATE "C",
    "imported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "imported_person_pkey" PRIMARY KEY ("organization_id","username")
);

-- CreateTable
CREATE TABLE "photo" (
    "sha256" TEXT COLLATE "C" NOT NULL,
    "side" SMALLINT NOT NULL,
    "crop" TEXT NOT NULL,
    "thumbhash" BYTEA NOT NULL,
    "dominant_colour" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "photo_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "suppression" (
    "username" TEXT COLLATE "C" NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suppression_pkey" PRIMARY KEY ("username")
);

-- CreateTable
CREATE TABLE "provider_state" (
    "provider" TEXT COLLATE "C" NOT NULL,
    "last_outcome" TEXT,
    "last_detail" TEXT,
    "last_asked_at" TIMESTAMPTZ(3),
    "paused_until" TIMESTAMPTZ(3),
    "probe_until" TIMESTAMPTZ(3),
    "failures_in_row" INTEGER NOT NULL DEFAULT 0,
    "period" DATE,
    "calls_in_period" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "provider_state_pkey" PRIMARY KEY ("provider")
);

-- CreateTable
CREATE TABLE "installation" (
    "key" TEXT COLLATE "C" NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "installation_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "id" TEXT COLLATE "C" NOT NULL,
    "organization_id" TEXT COLLATE "C",
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE INDEX "membership_user_id_idx" ON "membership"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "api_key_organization_id_created_at_idx" ON "api_key"("organization_id", "created_at");

-- CreateIndex
CREATE INDEX "profile_photo_sha256_idx" ON "profile"("photo_sha256");

-- CreateIndex
CREATE INDEX "imported_person_photo_sha256_idx" ON "imported_person"("photo_sha256");

-- CreateIndex
CREATE INDEX "audit_event_organization_id_id_idx" ON "audit_event"("organization_id", "id");

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota" ADD CONSTRAINT "quota_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota_counter" ADD CONSTRAINT "quota_counter_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profile" ADD CONSTRAINT "profile_photo_sha256_fkey" FOREIGN KEY ("photo_sha256") REFERENCES "photo"("sha256") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "imported_person" ADD CONSTRAINT "imported_person_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "imported_person" ADD CONSTRAINT "imported_person_photo_sha256_fkey" FOREIGN KEY ("photo_sha256") REFERENCES "photo"("sha256") ON DELETE SET NULL ON UPDATE CASCADE;

-- One unit per Idempotency-Key, whichever process takes it.
CREATE UNIQUE INDEX "avatar_request_idempotency_key" ON "avatar_request" ("organization_id", "idempotency_key")
    WHERE "idempotency_key" IS NOT NULL;

-- The closed sets
ALTER TABLE "organization" ADD CONSTRAINT "organization_plan" CHECK ("plan" IN ('free', 'team', 'scale', 'self_hosted'));
ALTER TABLE "membership" ADD CONSTRAINT "membership_role" CHECK ("role" IN ('owner', 'admin', 'member'));
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_type" CHECK ("type" IN ('publishable', 'secret'));
-- A secret key is never stored in a form that can be read back.
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_secret_is_hashed" CHECK ("type" = 'publishable' OR "encrypted" IS NULL);
ALTER TABLE "quota" ADD CONSTRAINT "quota_limit" CHECK ("limit" >= 0);
ALTER TABLE "quota_counter" ADD CONSTRAINT "quota_counter_used" CHECK ("used" >= 0);
ALTER TABLE "avatar_request" ADD CONSTRAINT "avatar_request_channel" CHECK ("channel" IN ('api', 'mcp'));
ALTER TABLE "avatar_request" ADD CONSTRAINT "avatar_request_outcome"
    CHECK ("outcome" IN ('pending', 'resolved', 'enriching', 'not_found', 'blocked', 'failed'));
ALTER TABLE "profile" ADD CONSTRAINT "profile_status" CHECK ("status" IN ('enriching', 'resolved', 'not_found'));
ALTER TABLE "photo" ADD CONSTRAINT "photo_crop" CHECK ("crop" IN ('face', 'attention'));
