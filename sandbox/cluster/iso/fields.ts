/** Logical sector size of ISO 9660. */
export const SECTOR = 2048;

/** A number in both byte orders, as ISO 9660 §7.3.3 stores it. */
export function bothEndian32(value: number): Buffer {
  const field = Buffer.alloc(8);
  field.writeUInt32LE(value, 0);
  field.writeUInt32BE(value, 4);
  return field;
}

/** A 16 bit number in both byte orders, §7.2.3. */
export function bothEndian16(value: number): Buffer {
  const field = Buffer.alloc(4);
  field.writeUInt16LE(value, 0);
  field.writeUInt16BE(value, 2);
  return field;
}

/** Text padded with spaces. */
export function padded(text: string, length: number): Buffer {
  return Buffer.from(text.slice(0, length).padEnd(length, ' '), 'latin1');
}

/** The number of sectors for this many bytes. */
export function sectorsFor(bytes: number): number {
  return Math.ceil(bytes / SECTOR);
}

/** Directory record date, §9.1.5, in UTC. */
export function recordDate(at: Date): Buffer {
  return Buffer.from([
    at.getUTCFullYear() - 1900,
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
    0,
  ]);
}

/** Volume descriptor date, §8.4.26.1, in UTC. */
export function volumeDate(at: Date): Buffer {
  const digits = at.toISOString().replace(/\D/g, '').slice(0, 16);
  return Buffer.concat([Buffer.from(digits, 'latin1'), Buffer.from([0])]);
}
