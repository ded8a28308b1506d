import type { Json } from './json';

/** A value that has no canonical form: a lone surrogate, a number that is not finite, a value that is not JSON, or one nested too deep. */
export class NotCanonical extends Error {
  readonly code = 'not-canonical';
}

/**
 * The canonical form of a JSON value, as RFC 8785 (JCS) defines it: members sorted by UTF-16 code units, numbers
 * and strings as ECMAScript writes them, no white space. Object members that are `undefined` are left out.
 *
 * @throws NotCanonical for ill-formed Unicode, numbers that are not finite, and values that JSON cannot carry, or
 *   that are nested deeper than 100
 */
export function canonical(value: Json): string {
  return written(value, 0);
}

/** Far deeper than anything that is recorded, and far from the end of the stack. */
const DEEPEST = 100;

function written(value: Json, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical(`${String(value)} has no JSON form`);
      // Also for -0, as ECMAScript writes it.
      return value === 0 ? '0' : String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= DEEPEST) throw new NotCanonical(`the value is nested deeper than ${String(DEEPEST)}`);
      return Array.isArray(value)
        ? list(value as readonly Json[], depth + 1)
        : record(value as Members, depth + 1);
    default:
      throw new NotCanonical(`a ${typeof value} has no JSON form`);
  }
}

interface Members {
  readonly [key: string]: Json | undefined;
}

function list(items: readonly Json[], depth: number): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ',';
    text += written(items[i] as Json, depth);
  }
  return text + ']';
}

function record(members: Members, depth: number): string {
  // A date or a map has no members of its own, and would be written as an empty object.
  if (Object.getPrototypeOf(members) !== Object.prototype) refuseExotic(members);
  const keys = sorted(Object.keys(members));
  let text = '{';
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const member = members[key];
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += quotedKey(key) + written(member, depth);
  }
  return text + '}';
}

function refuseExotic(value: object): void {
  const kind = Object.prototype.toString.call(value);
  if (kind !== '[object Object]') throw new NotCanonical(`${kind} has no JSON form`);
}

/** By UTF-16 code units, in place. Objects have few members: insertion beats a general sort by far. */
function sorted(keys: string[]): string[] {
  if (keys.length > 20) return keys.sort();
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string;
    let at = i - 1;
    while (at >= 0 && (keys[at] as string) > key) {
      keys[at + 1] = keys[at] as string;
      at--;
    }
    keys[at + 1] = key;
  }
  return keys;
}

/** Printable ASCII without quote and backslash: written as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  if (PLAIN.test(text)) return '"' + text + '"';
  if (!text.isWellFormed()) throw new NotCanonical('the text holds a lone surrogate, which is not Unicode');
  return JSON.stringify(text);
}

/** The same few names come again in every event. */
const keyTexts = new Map<string, string>();

function quotedKey(key: string): string {
  let text = keyTexts.get(key);
  if (text === undefined) {
    text = quoted(key) + ':';
    if (keyTexts.size < 1000 && key.length < 64) keyTexts.set(key, text);
  }
  return text;
}
