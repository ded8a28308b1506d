const LOOPBACK = /^(localhost|127\.[0-9.]+|\[::1\])$/;

/** Whether an address is one that nobody on the way can read or change: https, or http within this machine. */
export function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

/** Where an issuer's discovery document is (OpenID Connect Discovery 1.0, 4). */
export function discoveryOf(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** Whether an address can be an issuer identifier (OpenID Connect Discovery 1.0, 3): safe, no query, no fragment. */
export function isIssuer(address: string): boolean {
  return isSafeAddress(address) && !/[?#\s]/.test(address);
}
