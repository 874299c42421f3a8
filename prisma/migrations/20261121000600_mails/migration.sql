-- What owners are told once: a row for each owner, written before anything is sent.
CREATE TABLE "notice" (
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "notice_pkey" PRIMARY KEY ("organization_id","kind","subject","user_id")
);

-- AlterTable
ALTER TABLE "invitation" ADD COLUMN "mailed_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "notice_user_id_idx" ON "notice"("user_id");

-- CreateIndex
CREATE INDEX "notice_sent_at_due_at_idx" ON "notice"("sent_at", "due_at");

-- CreateIndex
CREATE INDEX "invitation_email_mailed_at_idx" ON "invitation"("email", "mailed_at");

-- AddForeignKey
ALTER TABLE "notice" ADD CONSTRAINT "notice_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice" ADD CONSTRAINT "notice_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The closed set
ALTER TABLE "notice" ADD CONSTRAINT "notice_kind" CHECK ("kind" IN ('quota_80', 'quota_100', 'key_leaked'));
