-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "keep_requests_days" INTEGER;

-- AlterTable
ALTER TABLE "suppression" ADD COLUMN     "same_as" TEXT;

-- CreateTable
CREATE TABLE "removal_request" (
    "id" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "proof" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "token_hash" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmed_at" TIMESTAMPTZ(3),
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "reason" TEXT,

    CONSTRAINT "removal_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_opt_out" (
    "provider" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_opt_out_pkey" PRIMARY KEY ("provider","person_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "removal_request_token_hash_key" ON "removal_request"("token_hash");

-- CreateIndex
CREATE INDEX "removal_request_status_created_at_idx" ON "removal_request"("status", "created_at");

-- CreateIndex
CREATE INDEX "removal_request_username_idx" ON "removal_request"("username");

-- CreateIndex
CREATE INDEX "removal_request_email_created_at_idx" ON "removal_request"("email", "created_at");

-- CreateIndex
CREATE INDEX "suppression_same_as_idx" ON "suppression"("same_as");

-- The closed sets
ALTER TABLE "removal_request" ADD CONSTRAINT "removal_request_proof" CHECK ("proof" IN ('email', 'linkedin'));
ALTER TABLE "removal_request" ADD CONSTRAINT "removal_request_status" CHECK ("status" IN ('unconfirmed', 'waiting', 'granted', 'refused'));
