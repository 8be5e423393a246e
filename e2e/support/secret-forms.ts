/** The forms in which a secret could pass or lie about, and the search for them. */

export interface Secret {
  readonly name: string;
  /** Text is looked for as text; bytes are looked for raw and in the encodings that keys and bodies use. */
  readonly value: string | Uint8Array;
}

/** Bytes, named by their encoding. */
function formsOf(value: string | Uint8Array): readonly { form: string; bytes: Buffer }[] {
  const raw = Buffer.from(value);
  const text = (form: string, as: string) => ({ form, bytes: Buffer.from(as) });
  return [
    { form: "as it is", bytes: raw },
    { form: "UTF-16", bytes: Buffer.from(raw.toString("latin1"), "utf16le") },
    text("hex", raw.toString("hex")),
    // Within a longer text, base64 depends on where the secret begins: the characters that do not.
    ...[0, 1, 2].map((shift) => text(`base64, shifted by ${shift}`, base64Within(raw, shift))),
    ...[0, 1, 2].map((shift) =>
      text(
        `base64url, shifted by ${shift}`,
        base64Within(raw, shift).replaceAll("+", "-").replaceAll("/", "_"),
      ),
    ),
  ];
}

function base64Within(raw: Buffer, shift: number): string {
  const padded = Buffer.concat([Buffer.alloc(shift), raw])
    .toString("base64")
    .replace(/=+$/, "");
  // The first and last characters also hold bits of the neighbours.
  return padded.slice(shift === 0 ? 0 : shift + 1, (shift + raw.length) % 3 === 0 ? undefined : -1);
}

interface Needle {
  readonly label: string;
  readonly bytes: Buffer;
}

/** Bytes of a needle that are looked up at once. */
const PREFIX_BYTES = 4;

/** `NAME (form)` of each secret that `haystack` holds. One pass, however many secrets: a memory is large. */
export function findSecrets(haystack: Buffer, secrets: readonly Secret[]): string[] {
  const needles = secrets.flatMap(({ name, value }) =>
    formsOf(value).map(({ form, bytes }): Needle => ({ label: `${name} (${form})`, bytes })),
  );
  const byPrefix = new Map<number, Needle[]>();
  const isFirstPair = new Uint8Array(0x10000);
  for (const needle of needles) {
    if (needle.bytes.length < PREFIX_BYTES) throw new RangeError(`${needle.label} is too short to look for`);
    const prefix = needle.bytes.readUInt32LE(0);
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), needle]);
    isFirstPair[prefix & 0xffff] = 1;
  }
  const found = new Set<string>();
  let pair = (haystack[0] ?? 0) << 8;
  for (let at = 0; at + PREFIX_BYTES <= haystack.length; at += 1) {
    pair = (pair >>> 8) | ((haystack[at + 1] ?? 0) << 8);
    if (isFirstPair[pair] === 0) continue;
    for (const { label, bytes } of byPrefix.get(haystack.readUInt32LE(at)) ?? []) {
      if (bytes.equals(haystack.subarray(at, at + bytes.length))) found.add(label);
    }
  }
  return [...found];
}
