import { canonical, type Json } from '@jejak/core';
import { addDays, type Day, type Rule } from '@jejak/domain';
import {
  type Documents,
  type Figure,
  type Figures,
  queries,
  type Query,
  type QueryContext,
} from '@jejak/views';
import { type Defined, defineFigures } from './define-figures';
import { defineBudget, defineCsr } from './define-money';
import { defineStatus } from './define-status';
import { fold, snapshotAt } from './folds';
import { Known } from './known';
import { FROM, type Maker, randomRule } from './maker';
import { PROGRAMME } from './world';

/** What was answered is what the definition says, to the letter. Counts as one comparison. */
export function agree(what: string, answered: unknown, defined: unknown): number {
  const [left, right] = [canonical(answered as Json), canonical(defined as Json)];
  if (left !== right) throw new Error(`${what}\n answered ${left}\n defined  ${right}`);
  return 1;
}

/** Asks as the API does, with parameters that are validated first. */
export function ask<P, A>(
  query: Query<P, A>,
  documents: Documents,
  params: object,
  context: QueryContext,
): A {
  return query.answer(documents, query.params.parse(params), context);
}

function numbersOf(figure: Figure | null): Defined | null {
  if (figure === null) return null;
  const { rule: _rule, ruleVersion: _version, ...numbers } = figure;
  return numbers;
}

/** The figures without the names that the definition does not speak of. */
export function figuresOnly({ programme, dimensions }: Figures): object {
  return {
    programme: numbersOf(programme),
    dimensions: dimensions.map(({ code, figure, counted, missing }) => ({
      code,
      figure: numbersOf(figure),
      counted,
      missing,
    })),
  };
}

export function definedOnly(known: Known, cutOff: Day, rule?: Rule): object {
  const { programme, dimensions } = defineFigures(known, cutOff, rule);
  return { programme, dimensions };
}

/** Any day, but rather one on which something was so for the first time, or the one before. */
function someCutOff({ random, world }: Maker): Day {
  const days = world.events.flatMap(
    ({ event: { data } }) => (data.effectiveOn ?? data.occurredOn ?? []) as Day | Day[],
  );
  if (random.chance(0.3)) return addDays(FROM, random.int(-10, 740));
  return addDays(random.pick(days), random.pick([0, 0, -1]));
}

/**
 * Asks the views what was known at a random index, up to a random day, and holds every answer against its definition.
 *
 * @returns how many answers were compared
 * @throws Error with both sides where they differ
 */
export function compareSomewhere(maker: Maker): number {
  const { random, world } = maker;
  const knownAt = random.int(2, world.events.length - 1);
  const cutOff = someCutOff(maker);
  const documents = fold(world.events.slice(0, knownAt + 1));
  const known = new Known(world.events, knownAt);
  const context = { programme: PROGRAMME, index: knownAt, now: world.at };
  const where = `known at ${String(knownAt)}, cut-off ${cutOff}`;
  let compared = 0;

  const other = randomRule(random, maker.dimensions);
  const params = { cutOff, rule: JSON.stringify(other) };
  const figures = ask(queries.fulfilment, documents, params, context);
  const { rule, ruleVersion } = defineFigures(known, cutOff);
  compared += agree(
    `rule, ${where}`,
    { rule: figures.rule, ruleVersion: figures.ruleVersion },
    { rule, ruleVersion },
  );
  compared += agree(`figures, ${where}`, figuresOnly(figures), definedOnly(known, cutOff));
  if (figures.other === undefined) throw new Error('no figures under the other rule');
  compared += agree(`other rule, ${where}`, figuresOnly(figures.other), definedOnly(known, cutOff, other));

  const snapshot = snapshotAt(documents, PROGRAMME, cutOff);
  compared += agree(`snapshot, ${where}`, figuresOnly(snapshot.figures), definedOnly(known, cutOff));
  compared += agree(`budget, ${where}`, snapshot.budget, defineBudget(known, cutOff));
  compared += agree(`csr, ${where}`, snapshot.csr, defineCsr(known, cutOff));

  const { items } = ask(queries.actions, documents, { cutOff, limit: 500 }, context);
  const statuses = items.map(({ code, status, inForce }) => ({ code, status, inForce }));
  compared += agree(`statuses, ${where}`, statuses, defineStatus(known, cutOff));

  for (const { code, figure } of figures.dimensions) {
    const explained = ask(queries.explain, documents, { cutOff, dimension: code }, context);
    compared += agree(`explained ${code}, ${where}`, explained.figure, figure);
  }
  return compared;
}
