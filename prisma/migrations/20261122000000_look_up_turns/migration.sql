-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "look_up_turn" INTEGER NOT NULL DEFAULT 0;
