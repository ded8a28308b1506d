import { type Config, SETTINGS, type Setting } from '../config';

const HIDDEN = '[hidden]';

/** User and password of an address, whosever it is. */
const CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'`<>/]*@/gi;
/** A signed token (JWT), and what follows the name of its scheme. */
const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const BEARER = /\b(bearer|basic) +[\w.~+/=-]{8,}/gi;

/** Too short to be a secret, and too likely to be a part of something else. */
const SHORTEST = 4;

/**
 * Takes out of a text what no line may hold: what the configuration has in secret, whole or its password alone, and
 * what has the form of a credential.
 */
export function scrubber(config: Partial<Config>): (text: string) => string {
  const secrets = Object.entries(SETTINGS as Readonly<Record<string, Setting>>)
    .filter(([, { secret }]) => secret === true)
    .flatMap(([name]) => partsOf((config as Readonly<Record<string, unknown>>)[name]));
  // The longest first: a part of one is hidden with the whole.
  const known = [...new Set(secrets.flatMap(writings))]
    .filter(({ length }) => length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let scrubbed = text;
    for (const secret of known) {
      if (scrubbed.includes(secret)) scrubbed = scrubbed.replaceAll(secret, HIDDEN);
    }
    return scrubbed
      .replace(CREDENTIALS, `$1${HIDDEN}@`)
      .replace(TOKEN, HIDDEN)
      .replace(BEARER, `$1 ${HIDDEN}`);
  };
}

/** A secret whole; of an address its password, and all before the last @, since one may stand in a password. */
function partsOf(value: unknown): readonly string[] {
  if (typeof value !== 'string' || value === '') return [];
  const found = /^[^:]+:\/\/(.*)@/s.exec(value)?.[1];
  if (found === undefined) return [value];
  const at = found.indexOf(':');
  return [value, found, ...(at === -1 ? [] : [found.slice(at + 1)])];
}

/** As it may stand in a line: as it is, decoded, and within JSON. */
function writings(secret: string): readonly string[] {
  let decoded = secret;
  try {
    decoded = decodeURIComponent(secret);
  } catch {
    // Not encoded, then.
  }
  return [secret, decoded].flatMap((each) => [each, JSON.stringify(each).slice(1, -1)]);
}
