-- A persona that comes with the program belongs to no organization; answers that were shown on a page are kept for it.

-- AlterTable
ALTER TABLE "persona" ALTER COLUMN "organization_id" DROP NOT NULL;

-- CreateTable
CREATE TABLE "persona_answer" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "persona_id" TEXT COLLATE "C" NOT NULL,
    "user_id" TEXT COLLATE "C" NOT NULL,
    "question" TEXT NOT NULL,
    "answer" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "persona_answer_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "persona_answer_user_id_idx" ON "persona_answer"("user_id");

-- CreateIndex
CREATE INDEX "persona_answer_persona_id_idx" ON "persona_answer"("persona_id");

-- CreateIndex
CREATE INDEX "persona_answer_created_at_idx" ON "persona_answer"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "persona_built_in_key" ON "persona"("built_in");

-- AddForeignKey
ALTER TABLE "persona_answer" ADD CONSTRAINT "persona_answer_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "persona_answer" ADD CONSTRAINT "persona_answer_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "persona"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "persona_answer" ADD CONSTRAINT "persona_answer_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
