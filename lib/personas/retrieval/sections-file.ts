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

/** Bytes that are read in parts. `into` is filled from byte `at` on; throws when there are not so many. */
export type ByteSource = { size: number; read: (into: Uint8Array, at: number) => void };

export const sourceOfBytes = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (into, at) => into.set(bytes.subarray(at, at + into.length)),
});

export type Sections<Meta> = {
  meta: Meta;
  /** How many values a section has, without reading it; undefined for one that is not there. */
  lengthOf: (name: string) => number | undefined;
  get: <K extends Kind>(name: string, kind: K) => InstanceType<(typeof KINDS)[K]>;
};

/** A section of bytes, to be read in parts. */
export type PartialSections<Meta> = Sections<Meta> & { read: (name: string, from: number, into: Int8Array) => void };

/** Views on these bytes. Null for another format or version; throws SyntaxError or RangeError for damaged bytes. */
export function decodeSections<Meta>(bytes: Uint8Array, format: string): Sections<Meta> | null {
  // Views of more than a byte need their boundary in memory too.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  return openHead(sourceOfBytes(bytes), format, (View, at, length) => {
    return new View(aligned.buffer as ArrayBuffer, aligned.byteOffset + at, length);
  });
}

/** The same of a file that is not read whole: each section is, when it is asked for. */
export function openSections<Meta>(source: ByteSource, format: string): PartialSections<Meta> | null {
  return openHead(source, format, (View, at, length) => {
    const array = new View(length);
    source.read(new Uint8Array(array.buffer), at);
    return array;
  });
}

type Views = (typeof KINDS)[Kind];

function openHead<Meta>(
  source: ByteSource,
  format: string,
  view: (View: Views, at: number, length: number) => Typed,
): PartialSections<Meta> | null {
  const head = readHead(source);
  if (head.format !== format) return null;
  const { begin, sections } = head;
  for (const { name, kind, offset, length } of sections)
    if (begin + offset + length * KINDS[kind].BYTES_PER_ELEMENT > source.size)
      throw new RangeError(`section ${name} is cut short`);
  const find = (name: string) => sections.find((each) => each.name === name);
  return {
    meta: head.meta as Meta,
    lengthOf: (name) => find(name)?.length,
    get(name, kind) {
      const section = find(name);
      if (!section || section.kind !== kind) throw new SyntaxError(`no section ${name}`);
      return view(KINDS[kind], begin + section.offset, section.length) as never;
    },
    read(name, from, into) {
      const section = find(name);
      if (!section || from + into.length > section.length) throw new SyntaxError(`no such part of section ${name}`);
      source.read(new Uint8Array(into.buffer, into.byteOffset, into.length), begin + section.offset + from);
    },
  };
}

const FIRST_LOOK = 4_096;

function readHead(source: ByteSource): Head & { begin: number } {
  for (let look = FIRST_LOOK; ; look *= 4) {
    const bytes = new Uint8Array(Math.min(look, source.size));
    source.read(bytes, 0);
    const end = bytes.indexOf(10);
    if (end >= 0) {
      const head = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString("utf8")) as Head;
      return { ...head, begin: end + 1 };
    }
    if (look >= source.size) throw new SyntaxError("no head");
  }
}
