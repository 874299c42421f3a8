-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "look_up_turn" BIGINT NOT NULL DEFAULT 0;
