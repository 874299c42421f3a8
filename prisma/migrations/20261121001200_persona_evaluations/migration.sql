-- What a persona made of questions whose answers are known.

-- CreateTable
CREATE TABLE "persona_evaluation" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "persona_id" TEXT COLLATE "C" NOT NULL,
    "file_name" TEXT NOT NULL,
    "questions" TEXT NOT NULL,
    "question_count" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "asked" INTEGER NOT NULL DEFAULT 0,
    "report" JSONB,
    "problem" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "persona_evaluation_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "persona_evaluation_persona_id_idx" ON "persona_evaluation"("persona_id");

-- AddForeignKey
ALTER TABLE "persona_evaluation" ADD CONSTRAINT "persona_evaluation_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "persona_evaluation" ADD CONSTRAINT "persona_evaluation_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "persona"("id") ON DELETE CASCADE ON UPDATE CASCADE;
