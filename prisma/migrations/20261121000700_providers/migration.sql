-- AlterTable
ALTER TABLE "profile" ADD COLUMN "answers" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN "photo_at" TIMESTAMPTZ(3),
ADD COLUMN "photo_taken_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "provider_state" ADD COLUMN "in_flight" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN "recent_errors" JSONB NOT NULL DEFAULT '[]';

-- CreateTable
CREATE TABLE "organization_finding" (
    "organization_id" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "email_hash" TEXT,
    "facts" JSONB NOT NULL DEFAULT '{}',
    "photo_sha256" TEXT,
    "queued_at" TIMESTAMPTZ(3),
    "checked_at" TIMESTAMPTZ(3),
    "stale_at" TIMESTAMPTZ(3),

    CONSTRAINT "organization_finding_pkey" PRIMARY KEY ("organization_id","username")
);

-- CreateTable
CREATE TABLE "placeholder_photo" (
    "sha256" TEXT NOT NULL,
    "thumbhash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "placeholder_photo_pkey" PRIMARY KEY ("sha256")
);

-- CreateIndex
CREATE INDEX "organization_finding_photo_sha256_idx" ON "organization_finding"("photo_sha256");

-- CreateIndex
CREATE INDEX "placeholder_photo_thumbhash_idx" ON "placeholder_photo"("thumbhash");

-- AddForeignKey
ALTER TABLE "organization_finding" ADD CONSTRAINT "organization_finding_organization_id_username_fkey" FOREIGN KEY ("organization_id", "username") REFERENCES "imported_person"("organization_id", "username") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_finding" ADD CONSTRAINT "organization_finding_photo_sha256_fkey" FOREIGN KEY ("photo_sha256") REFERENCES "photo"("sha256") ON DELETE SET NULL ON UPDATE CASCADE;
