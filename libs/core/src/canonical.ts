import type { Json } from './json';

/** A value that has no canonical form: a lone surrogate, a number that is not finite, a value that is not JSON. */
export class NotCanonical extends Error {
  readonly code = 'not-canonical';
}

/**
 * The canonical form of a JSON value, as RFC 8785 (JCS) defines it: members sorted by UTF-16 code units, numbers
 * and strings as ECMAScript writes them, no white space. Object members that are `undefined` are left out.
 *
 * @throws NotCanonical for ill-formed Unicode, numbers that are not finite, and values that JSON cannot carry
 */
export function canonical(value: Json): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical(`${String(value)} has no JSON form`);
      return Object.is(value, -0) ? '0' : String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      break;
    default:
      throw new NotCanonical(`a ${typeof value} has no JSON form`);
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) {
    let items = '';
    for (let i = 0; i < value.length; i++) items += (i === 0 ? '' : ',') + canonical(value[i] as Json);
    return `[${items}]`;
  }
  const members = value as { readonly [key: string]: Json | undefined };
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(key)}:${canonical(member)}`;
  }
  return `{${text}}`;
}

function quoted(text: string): string {
  if (!text.isWellFormed()) throw new NotCanonical('the text holds a lone surrogate, which is not Unicode');
  return JSON.stringify(text);
}
