-- Written by the schema tool, then completed by hand: ids and usernames are COLLATE "C", rows that are updated leave room on
-- their page, and the search index and the closed sets are at the end.

-- AlterTable
ALTER TABLE "imported_person" ADD COLUMN     "own_photo_sha256" TEXT COLLATE "C";

-- CreateTable
CREATE TABLE "hidden_person" (
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "username" TEXT COLLATE "C" NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hidden_person_pkey" PRIMARY KEY ("organization_id","username")
);

-- CreateTable
CREATE TABLE "import" (
    "id" TEXT COLLATE "C" NOT NULL,
    "organization_id" TEXT COLLATE "C" NOT NULL,
    "started_by" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "total" INTEGER,
    "done" INTEGER NOT NULL DEFAULT 0,
    "added" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "merged" INTEGER NOT NULL DEFAULT 0,
    "refused" INTEGER NOT NULL DEFAULT 0,
    "suppressed" INTEGER NOT NULL DEFAULT 0,
    "photos" INTEGER NOT NULL DEFAULT 0,
    "problem_code" TEXT,
    "problem" TEXT,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "lease" TEXT COLLATE "C",
    "leased_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_pkey" PRIMARY KEY ("id")
) WITH (fillfactor = 50);

-- CreateTable
CREATE TABLE "import_row" (
    "import_id" TEXT COLLATE "C" NOT NULL,
    "n" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "problem" TEXT,

    CONSTRAINT "import_row_pkey" PRIMARY KEY ("import_id","n")
);

-- CreateIndex
CREATE INDEX "import_organization_id_id_idx" ON "import"("organization_id", "id");

-- CreateIndex
CREATE INDEX "imported_person_own_photo_sha256_idx" ON "imported_person"("own_photo_sha256");

-- AddForeignKey
ALTER TABLE "imported_person" ADD CONSTRAINT "imported_person_own_photo_sha256_fkey" FOREIGN KEY ("own_photo_sha256") REFERENCES "photo"("sha256") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hidden_person" ADD CONSTRAINT "hidden_person_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import" ADD CONSTRAINT "import_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_row" ADD CONSTRAINT "import_row_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What waits or is under way: the queue of lib/avatars/import-worker.ts.
CREATE INDEX "import_unfinished" ON "import" ("created_at") WHERE "status" IN ('waiting', 'running');

-- The words a person is found by: lower case, without accents, split at white space and punctuation. Beginnings of words are
-- looked for (`ad:*`), which the text search of PostgreSQL does without any extension. With the organization (p_prefix)
-- before each word, one index serves all, and nobody's search reads past what is theirs. Usernames are COLLATE "C", in which
-- only A to Z have a lower case, and would pass that on.
CREATE FUNCTION person_search_v1(p_prefix text, p_text text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(ARRAY(
        SELECT p_prefix || word FROM regexp_split_to_table(
            regexp_replace(lower(normalize(coalesce(p_text, ''), NFKD) COLLATE "default"), '[\u0300-\u036f]+', '', 'g'),
            '[\s!-/:-@\[-`{-~\u2000-\u206f\u3000-\u303f]+') AS word
        WHERE word <> '' AND octet_length(word) <= 200))
$$;

-- Kept with the row: where many are found, PostgreSQL goes through the people in order, and must not take each apart again.
ALTER TABLE "imported_person" ADD COLUMN "search" TSVECTOR GENERATED ALWAYS AS (person_search_v1(
    "right"("organization_id", 8) || '/', coalesce("first_name", '') || ' ' || coalesce("last_name", '') || ' ' || "username" || ' '
    || coalesce("company", '') || ' ' || coalesce("headline", '') || ' ' || coalesce("position", ''))) STORED;
ALTER TABLE "profile" ADD COLUMN "search" TSVECTOR GENERATED ALWAYS AS (person_search_v1('',
    coalesce("facts" #>> '{firstName,value}', '') || ' ' || coalesce("facts" #>> '{lastName,value}', '') || ' ' || "username" || ' '
    || coalesce("facts" #>> '{headline,value}', ''))) STORED;

-- CreateIndex
CREATE INDEX "imported_person_search_idx" ON "imported_person" USING GIN ("search");

-- CreateIndex
CREATE INDEX "profile_search_idx" ON "profile" USING GIN ("search");

-- Who is being looked up at the moment.
CREATE INDEX "profile_queued" ON "profile" ("username") WHERE "queued_at" IS NOT NULL;

-- The closed sets
ALTER TABLE "import" ADD CONSTRAINT "import_status" CHECK ("status" IN ('waiting', 'running', 'done', 'failed'));
ALTER TABLE "import_row" ADD CONSTRAINT "import_row_outcome"
    CHECK ("outcome" IN ('added', 'updated', 'unchanged', 'merged', 'refused', 'suppressed'));
