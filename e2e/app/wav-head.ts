/** The head of a WAV file: one channel of 8 bits, and so many bytes of sound behind it as it says. */
const WAV_HEAD_BYTES = 44;

export function wavHead({ rate, bytes }: { rate: number; bytes: number }): Buffer {
  const head = Buffer.alloc(WAV_HEAD_BYTES);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + bytes, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(bytes, 40);
  return head;
}
