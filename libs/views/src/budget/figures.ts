import {
  compare,
  type Day,
  type Fraction,
  fraction,
  fromDecimal,
  lastDayOf,
  minus,
  rounded,
  type Rupiah,
} from '@jejak/domain';
import { type Ratio, ratioOf, type Sum, sumOf } from '../amounts';
import { latest } from '../dated';
import type { CeilingFact, LineDocument, PlanFact } from './view';

export type Colour = 'red' | 'yellow' | 'green';

/** (disbursed - planned) / ceiling; `displayed` in points: `-12.50`. */
export interface Deviation extends Ratio {
  /** red < -10 <= yellow < -5 <= green (semantics 2), held against the exact value */
  readonly colour: Colour;
}

/** Money of one line, or of several. Rupiah; what is derived from a ceiling of 0 is null. */
export interface Amounts<M = Sum> {
  /** as allocated, or as that was put right (stage murni) */
  readonly ceilingMurni: M;
  /** in force */
  readonly ceiling: M;
  /** less what was given back by then (realisasi) */
  readonly disbursed: M;
  /** ceiling less disbursed (sisa) */
  readonly remaining: M;
  /** disbursed / ceiling (serapan) */
  readonly absorption: Ratio | null;
}

/** What the plan makes of it. Several lines: of those that have a plan, since the others deviate from nothing. */
export interface AgainstPlan<M = Sum> {
  /** cumulative to the end of the last month that has ended; null where there is no plan */
  readonly planned: M | null;
  readonly deviation: Deviation | null;
}

/** Physical progress, cumulative percentages; planned and lag are null where there is no plan. */
export interface PhysicalFigures {
  readonly planned: string | null;
  readonly realised: string;
  /** planned - realised, in points */
  readonly lag: string | null;
  /** the critical-contract signal: a lag > 10 points while the plan is <= 70 %, > 5 above (semantics 2) */
  readonly critical: boolean;
}

/** A line's figures at a cut-off. */
export interface LineFigures extends Amounts<Rupiah>, AgainstPlan<Rupiah> {
  readonly stage: CeilingFact['stage'];
  readonly physical: PhysicalFigures;
}

/** A line's exact numbers at a cut-off: what sums are made of. */
export interface LineNumbers {
  readonly line: LineDocument;
  readonly inForce: CeilingFact;
  readonly murni: Rupiah;
  readonly disbursed: Rupiah;
  readonly plan: PlanNumbers | undefined;
}
interface PlanNumbers {
  readonly rupiah: Rupiah;
  readonly physical: Fraction;
}

/** @returns undefined where the line had not been allocated by the cut-off */
export function numbersOf(line: LineDocument, cutOff: Day): LineNumbers | undefined {
  // All of stage murni are of the first day: the last one recorded is the one that is right.
  const murni = line.ceilings.findLast(({ stage }) => stage === 'murni');
  const inForce = latest(line.ceilings, cutOff);
  if (murni === undefined || inForce === undefined || murni.on > cutOff) return undefined;
  const plan = latest(line.plans, cutOff);
  return {
    line,
    inForce,
    murni: murni.ceiling,
    disbursed: standing(line.disbursements, cutOff) - standing(line.returns, cutOff),
    plan: plan === undefined ? undefined : planNumbers(plan, cutOff),
  };
}

/** No line carries more than its ceiling, so a line's own sums are exact. */
function standing(
  entries: readonly { readonly on: Day; readonly amount: Rupiah; readonly voided?: string }[],
  cutOff: Day,
): Rupiah {
  let total = 0;
  for (const { on, amount, voided } of entries) if (on <= cutOff && voided === undefined) total += amount;
  return total;
}

/** The row of the last month that has ended by the cut-off; before the first has ended, nothing is planned. */
function planNumbers({ months }: PlanFact, cutOff: Day): PlanNumbers {
  const row = months.findLast(({ month }) => lastDayOf(month) <= cutOff);
  return { rupiah: row?.cumulative ?? 0, physical: fromDecimal(row?.physical ?? '0') };
}

/** The figures of a budget line at a cut-off, in rupiah and per cent. */
export function figuresOfLine(numbers: LineNumbers, cutOff: Day): LineFigures {
  const { line, inForce, murni, disbursed, plan } = numbers;
  const { ceiling, stage } = inForce;
  return {
    stage,
    ceilingMurni: murni,
    ceiling,
    disbursed,
    remaining: ceiling - disbursed,
    absorption: ratioOf(BigInt(disbursed), BigInt(ceiling)),
    planned: plan === undefined ? null : plan.rupiah,
    deviation:
      plan === undefined ? null : deviationOf(BigInt(disbursed), BigInt(plan.rupiah), BigInt(ceiling)),
    physical: physicalOf(line, plan?.physical, cutOff),
  };
}

/** @returns null where the ceiling is 0 */
export function deviationOf(disbursed: bigint, planned: bigint, ceiling: bigint): Deviation | null {
  const ratio = ratioOf(disbursed - planned, ceiling);
  if (ratio === null) return null;
  const points = fraction((disbursed - planned) * 100n, ceiling);
  return { ...ratio, colour: colourOf(points) };
}

/** @param points the financial deviation, in points of a percentage */
export function colourOf(points: Fraction): Colour {
  if (compare(points, fraction(-10)) < 0) return 'red';
  return compare(points, fraction(-5)) < 0 ? 'yellow' : 'green';
}

/**
 * Whether a contract is critical.
 *
 * @param planned the physical plan, as a percentage
 * @param lag how far it is behind that, in points
 */
export function isCritical(planned: Fraction, lag: Fraction): boolean {
  return compare(lag, fraction(compare(planned, fraction(70)) <= 0 ? 10 : 5)) > 0;
}

function physicalOf(line: LineDocument, planned: Fraction | undefined, cutOff: Day): PhysicalFigures {
  const reports = line.physical.filter(({ voided }) => voided === undefined);
  const realised = latest(reports, cutOff)?.percent ?? '0';
  if (planned === undefined) return { planned: null, realised, lag: null, critical: false };
  const lag = minus(planned, fromDecimal(realised));
  return { planned: decimal(planned), realised, lag: decimal(lag), critical: isCritical(planned, lag) };
}

/** A difference of percentages has at most their 4 places. */
function decimal(value: Fraction): string {
  return rounded(value, 4).replace(/\.?0+$/, '');
}

/** The sums of several lines. */
export function amountsOf(lines: readonly LineNumbers[]): Amounts {
  let [murni, ceiling, disbursed] = [0n, 0n, 0n];
  for (const line of lines) {
    murni += BigInt(line.murni);
    ceiling += BigInt(line.inForce.ceiling);
    disbursed += BigInt(line.disbursed);
  }
  return {
    ceilingMurni: sumOf(murni),
    ceiling: sumOf(ceiling),
    disbursed: sumOf(disbursed),
    remaining: sumOf(ceiling - disbursed),
    absorption: ratioOf(disbursed, ceiling),
  };
}

/** The plan of several lines, and how far those that have one are from it. */
export function againstPlan(lines: readonly LineNumbers[]): AgainstPlan {
  let [planned, disbursed, ceiling] = [0n, 0n, 0n];
  let any = false;
  for (const line of lines) {
    if (line.plan === undefined) continue;
    any = true;
    planned += BigInt(line.plan.rupiah);
    disbursed += BigInt(line.disbursed);
    ceiling += BigInt(line.inForce.ceiling);
  }
  return any
    ? { planned: sumOf(planned), deviation: deviationOf(disbursed, planned, ceiling) }
    : { planned: null, deviation: null };
}
