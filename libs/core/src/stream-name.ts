/** The parts of a stream's name, `<kind>-<programme>.<code>`. */
export interface StreamParts {
  /** `action`, `budget` ...: which decider owns the stream */
  readonly kind: string;
  /** `malang.2023`, or `installation` */
  readonly programme: string;
  /** unique within kind and programme, ignoring case; kept in lower case */
  readonly code: string;
}

/** The programme that streams of the installation itself belong to: accounts and operators. */
export const INSTALLATION = 'installation';

/** The code of a stream of which a programme has only one. */
export const MAIN = 'main';

const PROGRAMME = /^[a-z][a-z0-9-]{0,39}\.[0-9]{4}$/;
const CODE = /^[A-Za-z0-9][A-Za-z0-9.-]{0,79}$/;
const STREAM = /^([a-z]+)-(installation|[a-z][a-z0-9-]{0,39}\.[0-9]{4})\.([A-Za-z0-9][A-Za-z0-9.-]{0,79})$/;

/** A name that does not follow the rule; `part` says which part of it. */
export class BadName extends Error {
  readonly code = 'bad-name';
  constructor(
    readonly part: 'stream' | 'programme' | 'code' | 'kind',
    readonly value: string,
  ) {
    super(`"${value}" is not a ${part}`);
  }
}

/**
 * Whether the text names a programme: a slug and a year (`malang.2023`), or `installation`. The slug `installation`
 * is taken, so that `account-installation.2023.x` reads in one way only.
 */
export function isProgramme(text: string): boolean {
  return text === INSTALLATION || (PROGRAMME.test(text) && !text.startsWith(`${INSTALLATION}.`));
}

/** Whether the text can be a code within a programme. */
export function isCode(text: string): boolean {
  return CODE.test(text);
}

/**
 * The stream's name. Codes are folded to lower case, so that `A-1` and `a-1` are one stream on every store
 * (decision record 0003).
 *
 * @throws BadName where a part does not follow its rule
 */
export function streamName(kind: string, programme: string, code: string = MAIN): string {
  if (!/^[a-z]+$/.test(kind)) throw new BadName('kind', kind);
  if (!isProgramme(programme)) throw new BadName('programme', programme);
  if (!isCode(code)) throw new BadName('code', code);
  return `${kind}-${programme}.${code.toLowerCase()}`;
}

/**
 * The parts of a stream's name: `parseStream(streamName(k, p, c))` gives k, p and c in lower case.
 *
 * @throws BadName where the text is not the name of a stream
 */
export function parseStream(stream: string): StreamParts {
  const match = STREAM.exec(stream);
  const [, kind, programme, code] = match ?? [];
  if (kind === undefined || programme === undefined || code === undefined)
    throw new BadName('stream', stream);
  return { kind, programme, code: code.toLowerCase() };
}
