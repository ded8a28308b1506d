import { deciders } from '@jejak/domain';
import { ACCEPTED, commandTopicsOf, KEY_PATTERN, receiptSchema, REFUSED } from '@jejak/runtime/distributed';
import { z } from 'zod';

type Schema = Readonly<Record<string, unknown>>;

const { topic, results } = commandTopicsOf({ kafkaPrefix: 'jejak' });

/** As the tools of AsyncAPI read them. */
function schemaOf(schema: z.ZodType): Schema {
  const { $schema: _, ...found } = z.toJSONSchema(schema, {
    ...{ io: 'input', unrepresentable: 'any', target: 'draft-7' },
  });
  return found;
}

const visible = z.string().regex(new RegExp(KEY_PATTERN));
const both = z.strictObject({ en: z.string(), id: z.string() });

const commandHeaders = z.looseObject({
  ce_specversion: z.literal('1.0'),
  ce_id: visible.describe('of the message: its answer has it as its key'),
  ce_source: visible.describe('who sends it'),
  ce_type: z.string().describe('the command'),
  ce_subject: z.string().describe('the stream'),
  'content-type': z.string().regex(/^application\/json/),
  'idempotency-key': visible.describe(
    'the same key with the same body is the same command, and gets the same receipt',
  ),
  authorization: z.string().describe('"Bearer " and the access token of a service account'),
  'if-match': z
    .string()
    .optional()
    .describe('the revision that was read, as "r7": refused when it has changed'),
  'jejak-agency': z
    .string()
    .optional()
    .describe('for an officer of several agencies: the one that it acts for'),
  'x-correlation-id': z.string().optional().describe('a UUID, or a trace id'),
  traceparent: z.string().optional().describe('W3C Trace Context'),
});

const answerHeaders = z.looseObject({
  ce_specversion: z.literal('1.0'),
  ce_id: z.string().describe('the same for the same answer'),
  ce_source: z.string().describe('names the log'),
  ce_type: z.enum([ACCEPTED, REFUSED]),
  ce_commandid: z.string().describe('the id of the command'),
  'content-type': z.literal('application/json'),
  'idempotency-key': z.string().optional(),
  traceparent: z.string().optional(),
});

const command = z
  .strictObject({
    id: z.string(),
    source: z.string().optional(),
    type: z.string().optional(),
    key: z.string().optional(),
  })
  .describe('what the message said of itself, as far as it could be read');

const problem = z.strictObject({
  type: z.string().describe('where the code is described'),
  status: z.int().describe('what it would be over HTTP'),
  code: z.string().describe("the error's or the rule's stable name"),
  title: both,
  detail: both,
  field: z.string().optional().describe('the field of the body that it is about'),
  errors: z.array(z.strictObject({ field: z.string(), message: both })).optional(),
});

const accepted = z.strictObject({ command, receipt: receiptSchema, correlationId: z.string() });
const refused = z.strictObject({ command, problem, correlationId: z.string() });

/** The commands that somebody may give: not those of accounts, nor what the software does by itself. */
const commands = deciders
  .filter(({ kind }) => kind !== 'account')
  .flatMap(({ kind, commands: types }) =>
    Object.entries(types as Readonly<Record<string, { roles: readonly string[]; schema: z.ZodType }>>).map(
      ([type, { roles, schema }]) => ({ name: `${kind}.${type}`, kind, type, roles, schema }),
    ),
  )
  .filter(({ roles }) => roles.some((role) => role !== 'process'));

const PROGRAMME = '[a-z][a-z0-9-]{0,39}\\.[0-9]{4}';
const CODE = '[A-Za-z0-9][A-Za-z0-9.-]{0,79}';

const ref = (path: string): Schema => ({ $ref: `#/${path}` });
const refs = (path: string, names: readonly string[]): Schema =>
  Object.fromEntries(names.map((name) => [name, ref(`${path}/${name}`)]));
const keyed = (description: string): Schema => ({ kafka: { key: { type: 'string', description } } });

function messageOf({ name, kind, type, roles, schema }: (typeof commands)[number]): Schema {
  const own = {
    type: 'object',
    properties: {
      ce_type: { const: type },
      ce_subject: { type: 'string', pattern: `^${kind}-${PROGRAMME}\\.${CODE}$` },
    },
  };
  return {
    ...{ name, title: type, summary: `Roles: ${roles.filter((role) => role !== 'process').join(', ')}.` },
    contentType: 'application/json',
    correlationId: { location: '$message.header#/ce_id' },
    headers: { allOf: [ref('components/schemas/CommandHeaders'), own] },
    payload: schemaOf(schema),
    bindings: keyed('the programme: its commands are carried out in their order'),
  };
}

function answer(name: string, summary: string): Schema {
  return {
    ...{ name, summary, contentType: 'application/json' },
    correlationId: { location: '$message.header#/ce_commandid' },
    headers: ref('components/schemas/AnswerHeaders'),
    payload: ref(`components/schemas/${name}`),
    bindings: keyed('the id of the command'),
  };
}

/** The document of what may be sent over Kafka, and what is answered (AsyncAPI 3.0). */
export function asyncApiDocument(): Schema {
  const names = commands.map(({ name }) => name);
  const answers = [ACCEPTED, REFUSED];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Jejak: commands over Kafka',
      version: '1',
      description:
        'Commands and their answers are events of CloudEvents 1.0 in binary mode. A command is carried out as over HTTP: ' +
        'the same body, headers, rules and idempotency key. Delivery is at least once, of answers too. ' +
        'Names of topics begin with JEJAK_KAFKA_PREFIX.',
    },
    defaultContentType: 'application/json',
    channels: {
      commands: { address: topic, messages: refs('components/messages', names) },
      commandResults: { address: results, messages: refs('components/messages', answers) },
    },
    operations: {
      carryOutCommand: {
        action: 'receive',
        channel: ref('channels/commands'),
        summary: 'Carries out a command, and answers it.',
        reply: {
          channel: ref('channels/commandResults'),
          messages: answers.map((name) => ref(`channels/commandResults/messages/${name}`)),
        },
      },
    },
    components: {
      messages: {
        ...Object.fromEntries(commands.map((each) => [each.name, messageOf(each)])),
        [ACCEPTED]: answer(ACCEPTED, 'The receipt of a command; a repeat is answered with the same bytes.'),
        [REFUSED]: answer(REFUSED, 'Why a command was not carried out.'),
      },
      schemas: {
        CommandHeaders: schemaOf(commandHeaders),
        AnswerHeaders: schemaOf(answerHeaders),
        [ACCEPTED]: schemaOf(accepted),
        [REFUSED]: schemaOf(refused),
      },
    },
  };
}

/** The document as text, as it is committed. */
export function asyncApiText(): string {
  return `${JSON.stringify(asyncApiDocument(), null, 2)}\n`;
}
