import { createCipheriv, createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const CHUNK = 32 * 1024;
const BYTES = 256 * 1024 * 1024;

/**
 * The shortest possible time, in seconds, for a verified copy of this many bytes when both ends share this machine:
 * each byte is encrypted, decrypted, hashed and written, and no stage is faster than one processor.
 */
export async function leastSeconds(bytes: number, folder: string): Promise<number> {
  const stages = [cipherSeconds(), cipherSeconds(), hashSeconds(), await writeSeconds(folder)];
  const sum = stages.reduce((total, one) => total + one, 0);
  return (Math.max(sum / availableParallelism(), ...stages) * bytes) / BYTES;
}

function seconds(work: () => void): number {
  const from = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - from) / 1e9;
}

function cipherSeconds(): number {
  const chunk = Buffer.alloc(CHUNK);
  const cipher = createCipheriv('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12));
  return seconds(() => {
    for (let at = 0; at < BYTES; at += CHUNK) cipher.update(chunk);
  });
}

function hashSeconds(): number {
  const chunk = Buffer.alloc(256 * 1024);
  const hash = createHash('sha256');
  return seconds(() => {
    for (let at = 0; at < BYTES; at += chunk.length) hash.update(chunk);
  });
}

async function writeSeconds(folder: string): Promise<number> {
  const path = join(folder, 'limit');
  const chunk = Buffer.alloc(256 * 1024, 1);
  const file = await open(path, 'w');
  const from = process.hrtime.bigint();
  try {
    for (let at = 0; at < BYTES; at += chunk.length) await file.write(chunk);
  } finally {
    await file.close();
    await rm(path);
  }
  return Number(process.hrtime.bigint() - from) / 1e9;
}
