import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  accessRules,
  accountRules,
  actionRules,
  budgetRules,
  calendarRules,
  csrRules,
  findingRules,
  phaseRules,
  placeRules,
  programmeRules,
  recordRules,
} from '@jejak/domain';
import { directoryRules, dispatchRules, fileRules, PROBLEMS, rowRules, type RuleText } from '@jejak/runtime';
import { NotFound } from '@jejak/views';
import { Problems } from '../http/openapi-parts';

interface Described extends RuleText {
  readonly code: string;
  readonly status: number;
}

const rules = [
  fileRules,
  // A row's rule may bear the code of the command's rule that it tells of in the row's words: the command's is told.
  rowRules,
  accessRules,
  accountRules,
  actionRules,
  budgetRules,
  calendarRules,
  csrRules,
  directoryRules,
  dispatchRules,
  findingRules,
  phaseRules,
  placeRules,
  programmeRules,
  recordRules,
];

/** Every code that an answer may name, with its sentences. */
const described: ReadonlyMap<string, Described> = new Map(
  [
    ...Object.entries(PROBLEMS).map(([code, text]): Described => ({ code, ...text })),
    ...rules.flatMap(({ texts }) =>
      Object.entries(texts).map(([code, text]): Described => ({ code, status: 422, ...text })),
    ),
  ].map((each) => [each.code, each]),
);

@ApiTags('problems')
@Controller('problems')
export class ProblemsController {
  @Get()
  @ApiOperation({
    operationId: 'Problems',
    summary: 'Every error and every rule, by its code, in both languages.',
  })
  @ApiResponse({ status: 200, description: 'The list.', schema: { type: 'object' } })
  all(): { readonly items: readonly Described[] } {
    return { items: [...described.values()] };
  }

  @Get(':code')
  @ApiOperation({ operationId: 'Problem', summary: 'What a code means.' })
  @ApiResponse({ status: 200, description: 'Its sentences.', schema: { type: 'object' } })
  @Problems(404)
  one(@Param('code') code: string): Described {
    const found = described.get(code);
    if (found === undefined) throw new NotFound(`there is no code ${code}`);
    return found;
  }
}
