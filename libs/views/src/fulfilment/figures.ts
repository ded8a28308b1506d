import {
  exactText,
  type Fraction,
  fraction,
  fromDecimal,
  over,
  percentText,
  type Rule,
  times,
  ZERO,
} from '@jejak/domain';

/** The version of this engine; goes up when the same facts and rule would give another figure. */
export const ENGINE_VERSION = 1;

/** What one action of the plan brings to the figures. */
export interface Part {
  /** as it is written */
  readonly code: string;
  /** the dimension's code, in lower case */
  readonly dimension: string;
  readonly weight: Fraction;
  /** how much of it counts, from 0 to 1 */
  readonly value: Fraction;
}

/** A rule, and its place among the programme's rules; null for one that is none of them. */
export interface AppliedRule {
  readonly rule: Rule;
  readonly version: number | null;
}

/**
 * A figure as it goes over the wire: decimal strings, `displayed` a percentage.
 *
 * `numerator` and `denominator` are as counted, where their sums are decimals (`50` and `52`, `12.5` and `20`). Where
 * they are not (thirds of a target), both are multiplied by the least number that makes them whole. A programme's
 * figure that combines dimensions by `mean` or `given` has no count of its own: there they are the terms of `exact`.
 */
export interface Figure {
  readonly numerator: string;
  readonly denominator: string;
  /** in lowest terms: `25/26`, or `1` */
  readonly exact: string;
  readonly displayed: string;
  /** the rule's name */
  readonly rule: string;
  readonly ruleVersion: number | null;
}

export interface DimensionFigure {
  readonly code: string;
  readonly name: string;
  /** null where nothing weighs: no action is in the plan, or those that are weigh nothing */
  readonly figure: Figure | null;
  /** the codes of the actions that count in full, and of the others that are in the plan */
  readonly counted: readonly string[];
  readonly missing: readonly string[];
}

export interface Figures {
  /** null where no dimension has a figure */
  readonly programme: Figure | null;
  readonly dimensions: readonly DimensionFigure[];
}

/** Numerator and denominator of what was counted. */
interface Count {
  readonly top: Fraction;
  readonly bottom: Fraction;
}

/**
 * The figures of a programme (semantics 6).
 *
 * @param dimensions the programme's, in its order
 * @param parts what each action in the plan brings, in the order in which their codes are to be listed
 */
export function figuresOf(
  applied: AppliedRule,
  dimensions: readonly { readonly code: string; readonly name: string }[],
  parts: readonly Part[],
): Figures {
  const { rule, version } = applied;
  const shown = (count: Count, digits: number): Figure => {
    const exact = over(count.top, count.bottom);
    const displayed = percentText(exact, digits);
    return { ...terms(count), exact: exactText(exact), displayed, rule: rule.name, ruleVersion: version };
  };
  const counts: { readonly code: string; readonly count: Count }[] = [];
  const figures = dimensions.map(({ code, name }): DimensionFigure => {
    const folded = code.toLowerCase();
    const own = parts.filter((part) => part.dimension === folded);
    const bottom = total(own.map((part) => part.weight));
    const counted = own.filter(isWhole).map((part) => part.code);
    const missing = own.filter((part) => !isWhole(part)).map((part) => part.code);
    if (bottom.n === 0n) return { code, name, figure: null, counted, missing };
    const count = { top: total(own.map((part) => times(part.weight, part.value))), bottom };
    counts.push({ code: folded, count });
    return { code, name, figure: shown(count, rule.digits.dimension), counted, missing };
  });
  const combined = combine(rule, counts);
  const programme = combined.bottom.n === 0n ? null : shown(combined, rule.digits.programme);
  return { programme, dimensions: figures };
}

function isWhole({ value }: Part): boolean {
  return value.n === value.d;
}

/** Of the dimensions that have a figure; the others have no part in it. */
function combine(rule: Rule, counts: readonly { readonly code: string; readonly count: Count }[]): Count {
  const ratio = ({ top, bottom }: Count): Fraction => over(top, bottom);
  switch (rule.combine) {
    case 'pooled':
      return {
        top: total(counts.map(({ count }) => count.top)),
        bottom: total(counts.map(({ count }) => count.bottom)),
      };
    case 'mean':
      return reduced(total(counts.map(({ count }) => ratio(count))), fraction(counts.length));
    case 'given': {
      const weights = new Map(
        Object.entries(rule.weights ?? {}).map(([code, weight]) => [code.toLowerCase(), fromDecimal(weight)]),
      );
      const weightOf = (code: string): Fraction => weights.get(code) ?? ZERO;
      return reduced(
        total(counts.map(({ code, count }) => times(weightOf(code), ratio(count)))),
        total(counts.map(({ code }) => weightOf(code))),
      );
    }
    default:
      return rule.combine satisfies never;
  }
}

function reduced(top: Fraction, bottom: Fraction): Count {
  if (bottom.n === 0n) return { top, bottom };
  const { n, d } = over(top, bottom);
  return { top: fraction(n), bottom: fraction(d) };
}

/**
 * The sum, over one common denominator: a thousand actions may have a thousand different targets, and reducing a sum
 * of them a thousand times takes seconds.
 */
function total(values: readonly Fraction[]): Fraction {
  const byDenominator = new Map<bigint, bigint>();
  for (const { n, d } of values) byDenominator.set(d, (byDenominator.get(d) ?? 0n) + n);
  const common = [...byDenominator.keys()].reduce(commonMultiple, 1n);
  let sum = 0n;
  for (const [d, n] of byDenominator) sum += n * (common / d);
  return fraction(sum, common);
}

/** The least number that both divide. */
function commonMultiple(a: bigint, b: bigint): bigint {
  return a * fraction(b, a).n;
}

function terms({ top, bottom }: Count): { readonly numerator: string; readonly denominator: string } {
  const [numerator, denominator] = [decimalText(top), decimalText(bottom)];
  if (numerator !== undefined && denominator !== undefined) return { numerator, denominator };
  const common = commonMultiple(top.d, bottom.d);
  const whole = ({ n, d }: Fraction): string => String(n * (common / d));
  return { numerator: whole(top), denominator: whole(bottom) };
}

const PLACES = 8;

/** The value as a decimal, exactly, or undefined where it takes more than 8 places or has no end. */
function decimalText({ n, d }: Fraction): string | undefined {
  const scaled = n * 10n ** BigInt(PLACES);
  if (scaled % d !== 0n) return undefined;
  const digits = String(scaled / d).padStart(PLACES + 1, '0');
  return `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/\.?0+$/, '');
}
