import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { schemaOf } from './http/openapi-parts';
import { answerSchema } from './http/question-route';

const receipt = z.strictObject({
  events: z.array(z.strictObject({ id: z.uuid(), type: z.string(), revision: z.int() })),
  stream: z.string(),
  revision: z.int().describe("the stream's revision after the command"),
  recordedAt: z.string(),
  token: z.string().describe('for ?after=: an answer that has seen this command'),
  subject: z.string().optional().describe('of the account, where one was opened'),
});

const problem = z.strictObject({
  type: z.string().describe('where the code is described'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe("the error's or the rule's stable name"),
  field: z.string().optional().describe('the field of the body, or the parameter, that it is about'),
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
  correlationId: z.string(),
});

const tokens = z.strictObject({
  accessToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int().describe('seconds'),
  refreshToken: z.string(),
  subject: z.string(),
});

const evidenceFile = z.strictObject({
  digest: z.string().describe('SHA-256 of the content, in hex'),
  bytes: z.int(),
  mediaType: z.string(),
  name: z.string().optional(),
});

const SCHEMAS = {
  Answer: answerSchema,
  EvidenceFile: evidenceFile,
  Problem: problem,
  Receipt: receipt,
  Tokens: tokens,
};

/** The API document (OpenAPI 3.1), with its paths in order. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Jejak')
    .setDescription(
      'Event-sourced progress tracking for city programmes. Commands give receipts; questions say of which index they are. ' +
        'Errors are problem documents (RFC 9457) whose `code` names the rule.',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurityRequirements('bearer')
    .addSecurityRequirements({} as never)
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: (_, method) => method });
  const paths = Object.fromEntries(Object.entries(document.paths).sort(([a], [b]) => (a < b ? -1 : 1)));
  const schemas = Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => [name, schemaOf(schema)]),
  );
  return { ...document, paths, components: { ...document.components, schemas } } as OpenAPIObject;
}
