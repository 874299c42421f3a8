/** Small files that would take hundreds of megabytes to decode, for tests. */
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A black one-bit greyscale PNG. */
export function hugePng(side: number, { interlaced = false, textBytes = 0, profileBytes = 0 } = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, interlaced ? 1 : 0], 8);
  // Interlaced rows are rounded up to bytes in each of seven passes; a little too much data does no harm.
  const rows = Buffer.alloc(side * (Math.ceil(side / 8) + 1) + (interlaced ? side * 8 : 0));
  const text = Buffer.concat([Buffer.from("Comment\0\0"), deflateSync(Buffer.alloc(textBytes))]);
  return Buffer.concat([
    Buffer.from(PNG_SIGNATURE),
    chunk("IHDR", header),
    ...(profileBytes > 0
      ? [chunk("iCCP", Buffer.concat([Buffer.from("icc\0\0"), deflateSync(Buffer.alloc(profileBytes))]))]
      : []),
    ...(textBytes > 0 ? [chunk("zTXt", text)] : []),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}

/** A progressive JPEG whose frame header claims `side` pixels squared. */
export async function hugeProgressiveJpeg(side: number): Promise<Buffer> {
  const jpeg = await sharp({ create: { width: 64, height: 64, channels: 3, background: "#777777" } })
    .jpeg({ progressive: true })
    .toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc2]));
  jpeg.writeUInt16BE(side, frame + 5);
  jpeg.writeUInt16BE(side, frame + 7);
  return jpeg;
}
