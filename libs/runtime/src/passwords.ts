import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt's cost: 2^15 rounds over 32 MiB, about a tenth of a second. */
const COST = { ln: 15, r: 8, p: 1 };
const HASH_BYTES = 32;

/** The fewest characters of a password (NIST SP 800-63B). */
export const PASSWORD_LEAST = 8;
export const PASSWORD_MOST = 200;

interface Cost {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

function derive(password: string, salt: Buffer, { ln, r, p }: Cost, bytes: number): Promise<Buffer> {
  const N = 2 ** ln;
  return new Promise((resolve, reject) => {
    // The same letters may be typed as different code points: NFC makes them one password.
    scrypt(password.normalize('NFC'), salt, bytes, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** The hash of a password in PHC string form: `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const { ln, r, p } = COST;
  const hash = await derive(password, salt, COST, HASH_BYTES);
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`;
}

const PHC = /^\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,2}),p=([0-9]{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const NOBODY = { salt: randomBytes(16), hash: randomBytes(HASH_BYTES) };

/**
 * Whether the password has this hash. Takes the same time where there is no hash to compare with, so that an answer
 * does not tell which logins exist.
 */
export async function passwordFits(password: string, phc: string | undefined): Promise<boolean> {
  const match = phc === undefined ? null : PHC.exec(phc);
  if (match === null) {
    const derived = await derive(password, NOBODY.salt, COST, HASH_BYTES);
    timingSafeEqual(derived, NOBODY.hash);
    return false;
  }
  const [, ln, r, p, salt = '', hash = ''] = match;
  const expected = Buffer.from(hash, 'base64');
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64'), cost, expected.length);
  return timingSafeEqual(derived, expected);
}
