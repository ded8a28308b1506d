import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { discoveryOf, receiptSchema } from '@jejak/runtime';
import { z } from 'zod';
import { problemResponses, schemaOf } from './http/openapi-parts';
import { answerSchema } from './http/question-route';

const receipt = receiptSchema.extend({
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

const TOKENS =
  'An access token of POST /v1/session, or, where the installation has an identity provider (JEJAK_OIDC_ISSUER), of that ' +
  'provider (RFC 9068).';

/**
 * The API document (OpenAPI 3.1), with its paths in order.
 *
 * @param issuer the identity provider's; empty where there is none
 */
export function openApiDocument(app: NestFastifyApplication, issuer = ''): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Jejak')
    .setDescription(
      'Event-sourced progress tracking for city programmes. Commands give receipts; questions say of which index they are. ' +
        'Errors are problem documents (RFC 9457) whose `code` names the rule.',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: TOKENS })
    .addSecurityRequirements('bearer')
    .addSecurityRequirements({});
  if (issuer !== '') {
    const openIdConnectUrl = discoveryOf(issuer);
    builder.addSecurity('oidc', { type: 'openIdConnect', openIdConnectUrl }).addSecurityRequirements('oidc');
  }
  const config = builder.build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: (_, method) => method });
  const paths = Object.fromEntries(
    Object.entries(document.paths)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, operations]) => [path, completed(path, operations as Operations)]),
  );
  const schemas = Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => [name, schemaOf(schema)]),
  );
  return {
    ...document,
    paths,
    components: { ...document.components, schemas, responses: problemResponses },
  };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}
type Operations = Readonly<Record<string, Operation>>;

const PROBLEM = 'application/problem+json';

const CODE = '^[A-Za-z0-9][A-Za-z0-9.-]{0,79}$';
const PATTERNS: Readonly<Record<string, string>> = {
  programme: '^[a-z][a-z0-9-]{0,39}\\.[0-9]{4}$',
  digest: '^[0-9a-f]{64}$',
  code: '^[a-z-]{1,80}$',
};

/**
 * The operations with a parameter for each part of the path that none of theirs describes, programmes and codes, and
 * with their problems by reference.
 */
function completed(path: string, operations: Operations): Readonly<Record<string, object>> {
  const names = [...path.matchAll(/\{([a-z]+)\}/gi)].map(([, name = '']) => name);
  return Object.fromEntries(
    Object.entries(operations).map(([method, operation]) => {
      const described = operation.parameters ?? [];
      const missing = names.filter(
        (name) => !described.some((each) => each.in === 'path' && each.name === name),
      );
      const parameters = missing.map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string', pattern: PATTERNS[name] ?? CODE },
      }));
      const responses = Object.entries(operation.responses).map(([status, response]): [string, object] =>
        PROBLEM in (response.content ?? {})
          ? [status, { $ref: `#/components/responses/Problem${status}` }]
          : [status, response],
      );
      const whole = { parameters: [...parameters, ...described], responses: Object.fromEntries(responses) };
      return [method, { ...operation, ...whole }];
    }),
  );
}
