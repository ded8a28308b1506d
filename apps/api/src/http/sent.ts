import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type CommandType,
  derivedCode,
  idempotencyKeyOf,
  INSTALLATION,
  InvalidBody,
  isCode,
  isProgramme,
  type Json,
  NotSignedIn,
  Problem,
  revisionOf,
  type Sent as SentCommand,
  streamName,
} from '@jejak/runtime';
import { traceparentOf } from './watched';

/** What a route of a command says of it. */
export interface CommandMeta {
  readonly kind: string;
  readonly type: string;
  readonly command: CommandType;
  /** the path's parameter, or with `in: 'body'` the body's field, that is the stream's code; `main` when undefined */
  readonly code?: { readonly in: 'path' | 'body'; readonly name: string; readonly derived?: string };
  /** what the path says of the body: body field > path parameter */
  readonly fill?: Readonly<Record<string, string>>;
  /** whether If-Match is required: always, or where something is there already that the command would replace */
  readonly ifMatch?: 'required' | 'to-replace';
  readonly creates?: boolean;
}

const COMMAND = 'jejak:command';
export const CommandMetadata = (meta: CommandMeta): MethodDecorator => SetMetadata(COMMAND, meta);
export const commandMetaOf = (handler: object): CommandMeta | undefined =>
  Reflect.getMetadata(COMMAND, handler) as CommandMeta | undefined;

/** A command as it came in over HTTP, and where its answer goes. */
export interface Sent {
  readonly command: SentCommand;
  readonly meta: CommandMeta;
  readonly reply: FastifyReply;
}

/** The command of a request: stream, body, key and precondition. */
export const Command = createParamDecorator((_: unknown, context: ExecutionContext): Sent => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest>();
  const meta = commandMetaOf(context.getHandler());
  if (meta === undefined) throw new Error('the route names no command');
  return { command: sentFrom(request, meta), meta, reply: http.getResponse<FastifyReply>() };
});

/**
 * @throws NotSignedIn; Problem for a missing key or precondition and for a media type that is not JSON; InvalidBody
 */
export function sentFrom(request: FastifyRequest, meta: CommandMeta): SentCommand {
  const { caller = {} } = request;
  if (caller.subject === undefined) throw new NotSignedIn('sign-in-required');
  const key = keyOf(request);
  const params = request.params as Readonly<Record<string, string>>;
  const { programme = INSTALLATION } = params;
  if (!isProgramme(programme)) throw new Problem('bad-name', { field: 'programme' });
  const given = bodyOf(request, meta, params);
  const { code, body } = codeOf(meta, params, given, () =>
    derivedCode(meta.code?.derived ?? '', caller.subject ?? '', programme, key),
  );
  const ifMatch = matchOf(request, meta);
  const traceparent = traceparentOf(request);
  return {
    caller,
    type: meta.type,
    stream: streamName(meta.kind, programme, code),
    body,
    key,
    correlationId: request.id,
    ...(traceparent !== undefined && { traceparent }),
    ...(ifMatch !== undefined && { ifMatch }),
    ...(meta.ifMatch === 'to-replace' && { mustMatch: true as const }),
  };
}

/** @throws Problem `idempotency-key-missing` */
export function keyOf({ headers }: FastifyRequest): string {
  return idempotencyKeyOf(headers['idempotency-key']);
}

const AN_OBJECT = { en: 'The body must be a JSON object.', id: 'Isi permintaan harus berupa objek JSON.' };
const IN_THE_PATH = {
  en: 'The path says this already: leave it out.',
  id: 'Ini sudah disebut di alamat: hapus dari isi permintaan.',
};
const A_CODE = {
  en: 'Give a code: letters, digits, dots and hyphens, at most 80, beginning with a letter or digit.',
  id: 'Isi dengan kode: huruf, angka, titik, dan tanda hubung, paling banyak 80, diawali huruf atau angka.',
};

type Body = { readonly [field: string]: Json | undefined };

function bodyOf(
  request: FastifyRequest,
  { fill = {} }: CommandMeta,
  params: Readonly<Record<string, string>>,
): Body {
  const { body } = request;
  if (body === undefined || body === null) return filled({}, fill, params);
  if (typeof body !== 'object' || 'pipe' in body) throw new Problem('unsupported-media-type');
  if (Array.isArray(body)) throw new InvalidBody([{ field: '', message: AN_OBJECT }]);
  return filled(body as Body, fill, params);
}

function filled(
  body: Body,
  fill: Readonly<Record<string, string>>,
  params: Readonly<Record<string, string>>,
): Body {
  const more = Object.entries(fill).map(([field, parameter]) => {
    if (Object.hasOwn(body, field)) throw new InvalidBody([{ field, message: IN_THE_PATH }]);
    return [field, params[parameter]] as const;
  });
  return more.length === 0 ? body : { ...body, ...Object.fromEntries(more) };
}

/** The stream's code; where the body was to name it and does not, a derived one is put there. */
function codeOf(
  { code }: CommandMeta,
  params: Readonly<Record<string, string>>,
  body: Body,
  derive: () => string,
): { readonly code: string; readonly body: Body } {
  if (code === undefined) return { code: 'main', body };
  if (code.in === 'path') {
    const found = params[code.name] ?? derive();
    if (!isCode(found)) throw new Problem('bad-name', { field: code.name });
    return { code: found, body };
  }
  const named = body[code.name];
  if (named === undefined && code.derived !== undefined) {
    const derived = derive();
    return { code: derived, body: { ...body, [code.name]: derived } };
  }
  if (typeof named !== 'string' || !isCode(named)) {
    throw new InvalidBody([{ field: code.name, message: A_CODE }]);
  }
  return { code: named, body };
}

/** @throws Problem `precondition-required` */
function matchOf({ headers }: FastifyRequest, { ifMatch }: CommandMeta): number | undefined {
  const revision = revisionOf(headers['if-match']);
  if (revision === undefined && ifMatch === 'required') throw new Problem('precondition-required');
  return revision;
}
