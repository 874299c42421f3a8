import { unzipSync } from "fflate";
import { UnreadableDocument } from "./document.ts";

const MAX_UNPACKED_BYTES = 400_000_000;
const MAX_RATIO = 200;

/** Looks at the table of an archive alone. Throws UnreadableDocument when it would unpack to far more than it is. */
export function refuseArchiveBomb(bytes: Uint8Array): void {
  let total = 0;
  try {
    unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        return false;
      },
    });
  } catch (error) {
    throw new UnreadableDocument("broken", "This archive is damaged and cannot be opened.", { cause: error });
  }
  if (total > MAX_UNPACKED_BYTES || total > bytes.length * MAX_RATIO + 10_000_000) {
    throw new UnreadableDocument(
      "too_large",
      "This file unpacks to far more than a document holds. It was not opened.",
    );
  }
}

/** The files of an archive whose names `wanted` takes. Throws UnreadableDocument. */
export function unzip(bytes: Uint8Array, wanted: (name: string) => boolean): Map<string, Uint8Array> {
  refuseArchiveBomb(bytes);
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter: ({ name }) => wanted(name) })));
  } catch (error) {
    throw new UnreadableDocument("broken", "This archive is damaged and cannot be opened.", { cause: error });
  }
}
