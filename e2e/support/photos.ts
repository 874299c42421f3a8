import sharp from "sharp";

/** A picture that no other call makes, as the bytes of a file: coloured shapes on a ground. */
export async function drawPhoto(
  options: { width?: number; height?: number; format?: "jpeg" | "png" | "webp" | "avif" | "gif"; seed?: number } = {},
): Promise<Buffer> {
  const { width = 400, height = 500, format = "jpeg", seed = Math.random() } = options;
  const hue = Math.floor(seed * 360);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="hsl(${hue} 40% 70%)"/>
    <ellipse cx="50%" cy="${40 + seed * 5}%" rx="20%" ry="22%" fill="hsl(${(hue + 40) % 360} 50% 40%)"/>
    <rect x="20%" y="70%" width="${50 + seed * 10}%" height="30%" fill="hsl(${(hue + 200) % 360} 30% 30%)"/></svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: "#fff" }).toFormat(format).toBuffer();
}
