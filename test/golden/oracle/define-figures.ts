import { type Day, DEFAULT_RULE, type Rule } from '@jejak/domain';
import { byStream, dateOf, type Known, lower } from './known';
import {
  added,
  decimal,
  divided,
  equal,
  exactly,
  less,
  lowest,
  multiplied,
  NOTHING,
  type Quotient,
  roundedTo,
  summed,
  WHOLE,
  whole,
} from './quotient';
import type { Happened } from './world';

interface Action {
  readonly code: string;
  readonly events: readonly Happened[];
}

/** A figure by definition. */
export interface Defined {
  readonly exact: string;
  readonly displayed: string;
  readonly numerator: string;
  readonly denominator: string;
}

export interface DefinedFigures {
  readonly rule: Rule;
  readonly ruleVersion: number | null;
  readonly programme: Defined | null;
  readonly dimensions: readonly {
    readonly code: string;
    readonly figure: Defined | null;
    readonly counted: readonly string[];
    readonly missing: readonly string[];
  }[];
}

/** The rule in force on a day, and its place among the rules. */
export function ruleOn(known: Known, day: Day): { readonly rule: Rule; readonly version: number } {
  const rules = known.of('FulfilmentRuleRevised');
  const found = known.inForce(rules, day) ?? rules[0];
  if (found === undefined) return { rule: DEFAULT_RULE, version: 0 };
  return { rule: found.event.data.rule as Rule, version: rules.indexOf(found) + 1 };
}

/** The figures of semantics 6, straight from the events. */
export function defineFigures(known: Known, cutOff: Day, other?: Rule): DefinedFigures {
  const official = ruleOn(known, cutOff);
  const rule = other ?? official.rule;
  const actions = [...byStream(known.of(...ACTION_EVENTS)).values()].map((events): Action => ({
    code: events[0]?.event.data.code as string,
    events,
  }));
  const counting = actions
    .filter((action) => isInPlan(action, cutOff))
    .sort((a, b) => (lower(a.code) < lower(b.code) ? -1 : 1));
  const weighed = counting.map((action) => ({
    code: action.code,
    dimension: lower(planOf(known, action, cutOff).dimension),
    weight: weightOf(known, action, cutOff, rule),
    value: valueOf(known, action, cutOff, rule),
  }));
  const [established] = known.of('ProgrammeEstablished');
  const sums: { readonly code: string; readonly top: Quotient; readonly bottom: Quotient }[] = [];
  const dimensions = (established?.event.data.dimensions as { code: string }[]).map(({ code }) => {
    const own = weighed.filter(({ dimension }) => dimension === lower(code));
    const top = summed(own.map(({ weight, value }) => multiplied(weight, value)));
    const bottom = summed(own.map(({ weight }) => weight));
    const isWhole = ({ value }: { value: Quotient }): boolean => equal(value, WHOLE);
    const lists = {
      counted: own.filter(isWhole).map((each) => each.code),
      missing: own.filter((each) => !isWhole(each)).map((each) => each.code),
    };
    if (equal(bottom, NOTHING)) return { code, figure: null, ...lists };
    sums.push({ code: lower(code), top, bottom });
    return { code, figure: counted(top, bottom, rule.digits.dimension), ...lists };
  });
  return {
    rule,
    ruleVersion: other === undefined ? official.version : null,
    programme: combined(rule, sums),
    dimensions,
  };
}

const ACTION_EVENTS = [
  'ActionPlanned',
  'ActionReplanned',
  'ActionWithdrawn',
  'ProgressReported',
  'ActionCompleted',
];

function isInPlan({ events }: Action, day: Day): boolean {
  const by = (type: string): boolean =>
    events.some((each) => each.event.type === type && dateOf(each) <= day);
  const withdrawn = withdrawnFrom(events);
  return by('ActionPlanned') && (withdrawn === undefined || withdrawn > day);
}

/** The day of the last withdrawal, unless a plan of that very day was recorded after it. */
export function withdrawnFrom(events: readonly Happened[]): Day | undefined {
  const last = events.filter(({ event }) => event.type === 'ActionWithdrawn').at(-1);
  if (last === undefined) return undefined;
  const after = events.slice(events.indexOf(last) + 1);
  const undone = after.some((each) => each.event.type === 'ActionReplanned' && dateOf(each) === dateOf(last));
  return undone ? undefined : dateOf(last);
}

function planOf(known: Known, { events }: Action, day: Day): Record<string, unknown> {
  const plans = events.filter(
    ({ event }) => event.type === 'ActionPlanned' || event.type === 'ActionReplanned',
  );
  return known.inForce(plans, day)?.event.data ?? {};
}

function weightOf(known: Known, action: Action, day: Day, rule: Rule): Quotient {
  if (rule.weighting === 'equal') return WHOLE;
  if (rule.weighting === 'weight') return decimal(String(planOf(known, action, day).weight));
  const lines = [...byStream(known.of('BudgetAllocated', 'BudgetRevised')).values()];
  return summed(
    lines.map((facts) => {
      const data = known.inForce(facts, day)?.event.data as
        { ceiling: number; actions: { code: string; share: string }[] } | undefined;
      const own = data?.actions.find(({ code }) => lower(code) === lower(action.code));
      if (data === undefined || own === undefined) return NOTHING;
      const all = summed(data.actions.map(({ share }) => decimal(share)));
      return divided(multiplied(whole(data.ceiling), decimal(own.share)), all);
    }),
  );
}

function valueOf(known: Known, action: Action, day: Day, rule: Rule): Quotient {
  const upTo = action.events.filter((each) => dateOf(each) <= day && known.stands(each));
  const completion = upTo.find(({ event }) => event.type === 'ActionCompleted');
  const verified = known
    .of('CompletionVerified')
    .some((each) => each.event.data.of === completion?.event.id && known.stands(each));
  switch (rule.counts) {
    case 'completed':
      return completion === undefined ? NOTHING : WHOLE;
    case 'verified':
      return completion === undefined || !verified ? NOTHING : WHOLE;
    case 'progress': {
      const reports = upTo.filter(({ event }) => event.type === 'ProgressReported');
      const last = known.inForce(reports, day);
      if (last === undefined) return NOTHING;
      const { quarters } = planOf(known, action, day).targets as { quarters: { target: string }[] };
      const target = decimal(quarters.at(-1)?.target ?? '');
      const reached = divided(decimal(String(last.event.data.realisation)), target);
      return less(WHOLE, reached) ? WHOLE : reached;
    }
  }
}

function combined(
  rule: Rule,
  sums: readonly { readonly code: string; readonly top: Quotient; readonly bottom: Quotient }[],
): Defined | null {
  const digits = rule.digits.programme;
  if (sums.length === 0) return null;
  if (rule.combine === 'pooled') {
    return counted(summed(sums.map(({ top }) => top)), summed(sums.map(({ bottom }) => bottom)), digits);
  }
  const given = (code: string): Quotient => {
    if (rule.combine === 'mean') return WHOLE;
    const name = Object.keys(rule.weights ?? {}).find((key) => lower(key) === code);
    return name === undefined ? NOTHING : decimal(String(rule.weights?.[name]));
  };
  const weight = summed(sums.map(({ code }) => given(code)));
  if (equal(weight, NOTHING)) return null;
  const all = sums.reduce(
    (sum, { code, top, bottom }) => added(sum, multiplied(given(code), divided(top, bottom))),
    NOTHING,
  );
  const [top, bottom] = lowest(divided(all, weight));
  return counted(whole(top), whole(bottom), digits);
}

function counted(top: Quotient, bottom: Quotient, digits: number): Defined {
  const value = divided(top, bottom);
  const displayed = roundedTo(digits, multiplied(value, whole(100)));
  return { ...asCounted(top, bottom), exact: exactly(value), displayed };
}

/** The sums themselves where decimals of at most 8 places can say them; else the least whole numbers in their ratio. */
function asCounted(top: Quotient, bottom: Quotient): Pick<Defined, 'numerator' | 'denominator'> {
  const places = Array.from({ length: 9 }, (_, n) => n);
  const text = (value: Quotient): string | undefined => {
    const digits = places.find((n) => equal(decimalOf(roundedTo(n, value), n), value));
    return digits === undefined ? undefined : roundedTo(digits, value);
  };
  const [numerator, denominator] = [text(top), text(bottom)];
  if (numerator !== undefined && denominator !== undefined) return { numerator, denominator };
  const [a, b] = [lowest(top), lowest(bottom)];
  // The least common multiple of both denominators makes both whole.
  const least = b[1] * lowest([a[1], b[1]])[0];
  return { numerator: String((a[0] * least) / a[1]), denominator: String((b[0] * least) / b[1]) };
}

function decimalOf(text: string, places: number): Quotient {
  return [BigInt(text.replace('.', '')), 10n ** BigInt(places)];
}
