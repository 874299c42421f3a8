/**
 * A file of named arrays: a line of JSON that says where each one lies, then the arrays, each on a boundary of eight
 * bytes. Read as views on the bytes, so that opening costs no copy.
 */
type Typed = Uint8Array | Int8Array | Uint16Array | Uint32Array | Float32Array;

const KINDS = { Uint8Array, Int8Array, Uint16Array, Uint32Array, Float32Array };
type Kind = keyof typeof KINDS;

type Head = { format: string; meta: unknown; sections: { name: string; kind: Kind; offset: number; length: number }[] };

const align = (bytes: number) => Math.ceil(bytes / 8) * 8;

/** `format` names the layout and its version; who reads asks for the same one. */
export function encodeSections(format: string, meta: unknown, arrays: Readonly<Record<string, Typed>>): Uint8Array {
  let offset = 0;
  const sections: Head["sections"] = [];
  for (const [name, array] of Object.entries(arrays)) {
    sections.push({ name, kind: array.constructor.name as Kind, offset, length: array.length });
    offset = align(offset + array.byteLength);
  }
  const head = Buffer.from(JSON.stringify({ format, meta, sections } satisfies Head));
  const begin = align(head.length + 1);
  const bytes = new Uint8Array(begin + offset);
  bytes.set(head);
  bytes.fill(32, head.length, begin - 1);
  bytes[begin - 1] = 10;
  for (const { name, offset: at } of sections) {
    const array = arrays[name];
    if (array) bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), begin + at);
  }
  return bytes;
}

export type Sections<Meta> = {
  meta: Meta;
  get: <K extends Kind>(name: string, kind: K) => InstanceType<(typeof KINDS)[K]>;
};

/** Null for another format or version; throws SyntaxError or RangeError for damaged bytes. */
export function decodeSections<Meta>(bytes: Uint8Array, format: string): Sections<Meta> | null {
  const end = bytes.indexOf(10);
  if (end < 0) throw new SyntaxError("no head");
  const head = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString("utf8")) as Head;
  if (head.format !== format) return null;
  // Views of more than a byte need their boundary in memory too.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const begin = end + 1;
  return {
    meta: head.meta as Meta,
    get(name, kind) {
      const section = head.sections.find((each) => each.name === name);
      if (!section || section.kind !== kind) throw new SyntaxError(`no section ${name}`);
      const View = KINDS[kind];
      return new View(
        aligned.buffer as ArrayBuffer,
        aligned.byteOffset + begin + section.offset,
        section.length,
      ) as never;
    },
  };
}
