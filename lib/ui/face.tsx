/** A person's picture; its box is there before the picture is, so nothing moves when it comes. `src2x` is for sharper screens. */
export function Face(props: { src: string; src2x?: string | undefined; name: string; size?: number }) {
  const { src, src2x, name, size = 40 } = props;
  return (
    // biome-ignore lint/performance/noImgElement: our own pictures come at the size asked
    <img
      src={src}
      {...(src2x ? { srcSet: `${src} 1x, ${src2x} 2x` } : {})}
      alt={name}
      width={size}
      height={size}
      loading="lazy"
      decoding="async"
      style={{ width: size, height: size }}
      className="shrink-0 rounded-full bg-sunk object-cover"
    />
  );
}
