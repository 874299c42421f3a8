-- AlterTable
ALTER TABLE "import" ADD COLUMN "mapping" JSONB;

-- AlterTable
ALTER TABLE "imported_person" ADD COLUMN "corrections" JSONB;

-- What a column of a CSV held when somebody of the organization last said so.
CREATE TABLE "import_column" (
    "organization_id" TEXT NOT NULL,
    "header" TEXT NOT NULL,
    "field" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "import_column_pkey" PRIMARY KEY ("organization_id","header")
);

-- AddForeignKey
ALTER TABLE "import_column" ADD CONSTRAINT "import_column_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- `mapping`: a CSV that waits for somebody to say what its columns hold. No worker takes it.
ALTER TABLE "import" DROP CONSTRAINT "import_status";
ALTER TABLE "import" ADD CONSTRAINT "import_status" CHECK ("status" IN ('mapping', 'waiting', 'running', 'done', 'failed'));

-- Corrections are made by hand, and so few that the people who have any are gone through.
CREATE INDEX "imported_person_corrected" ON "imported_person" ("organization_id", "username") WHERE "corrections" IS NOT NULL;
