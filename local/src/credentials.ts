import { randomBytes, randomInt } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A key pair in the form of AWS's that is nobody else's. */
export function newCredentials(): Credentials {
  const id = Array.from({ length: 11 }, () => BASE32[randomInt(BASE32.length)]).join('');
  return { accessKeyId: `AKIALOCAL${id}`, secretAccessKey: randomBytes(30).toString('base64url') };
}
