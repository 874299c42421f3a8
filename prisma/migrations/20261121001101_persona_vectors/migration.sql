-- Whose vectors are made, apart from the index: words are searched while meaning is still to come.
ALTER TABLE "persona" ADD COLUMN "vectors_revision" BIGINT NOT NULL DEFAULT -1;
