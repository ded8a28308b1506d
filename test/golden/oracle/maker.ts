import type { Actor } from '@jejak/core';
import { addDays, type Day, dayIn, type Rule } from '@jejak/domain';
import type { Random } from './random';
import { type Happened, type Wish, World } from './world';

export const FROM = '2023-01-01';
export const TO = '2024-12-31';
export const AGENCIES = ['Diskominfo', 'bappeda', 'DPUPR'];
export const PHASES = ['I', 'ii'];

const DIMENSIONS = ['Governance', 'living', 'ECO-nomy', 'branding'];
const OFFICE: Actor = { subject: 'u-office', role: 'office' };

/** Something that is wished for, and how often beside the others. */
export type Wishes = { readonly [name: string]: readonly [weight: number, wish: (maker: Maker) => void] };

/** A random programme, and what a maker of random wishes needs of chance. */
export class Maker {
  readonly world = new World('2023-01-02T02:00:00.000Z');
  readonly dimensions: readonly string[];
  /** how many actions, budget lines and contributions there are */
  readonly made = { action: 0, budget: 0, csr: 0 };
  /** closings that are not sealed yet */
  readonly closings: Happened[] = [];
  /** the last day that anything may speak of, where it is not today */
  until: Day = TO;

  constructor(readonly random: Random) {
    this.dimensions = DIMENSIONS.slice(0, random.int(1, DIMENSIONS.length));
    this.wish('programme', 'EstablishProgramme', {
      name: 'Oracle',
      from: FROM,
      to: TO,
      timeZone: random.pick(['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura']),
      legalBasis: [],
      dimensions: this.dimensions.map((code) => ({ code, name: `the dimension ${code}` })),
      rule: randomRule(random, this.dimensions),
      latePolicy: random.pick(['needs-reason', 'needs-reason', 'office-only', 'refused']),
    });
    for (const agency of AGENCIES) {
      this.wish('programme', 'EnrolAgency', { agency, name: `the agency ${agency}`, effectiveOn: FROM });
    }
    PHASES.forEach((phase, n) => {
      const cutOff = addDays(FROM, random.int(60, 200) + n * 200);
      const dates = { period: { from: FROM, to: cutOff }, cutOff, reportDue: addDays(cutOff, 14) };
      this.wish('phase', 'SchedulePhase', { phase, name: `phase ${phase}`, ...dates });
      this.wish('phase', 'OpenPhase', { phase });
    });
  }

  get today(): Day {
    return dayIn('Asia/Jakarta', this.world.at);
  }

  /** Lets some days pass, or only a part of one. */
  wait(): void {
    const { random, world } = this;
    world.at = new Date(Date.parse(world.at) + random.int(0, 10 * 86_400_000)).toISOString();
  }

  /** Any day that reports may speak of, and now and then one that they may not. */
  day(): Day {
    const last = this.today < this.until ? this.today : this.until;
    return addDays(FROM, this.random.int(this.random.chance(0.03) ? -3 : 0, daysSince(last)));
  }

  /** The day and the reason of a change; some hold from a day to come. */
  change(): object {
    const { random } = this;
    const toCome = this.until === TO && random.chance(0.25);
    const again = random.chance(0.3) ? this.someChange() : undefined;
    if (again !== undefined) return { effectiveOn: again, reason: 'put right' };
    const effectiveOn = toCome ? addDays(this.today, random.int(0, 90)) : this.day();
    return { effectiveOn, ...(random.chance(0.7) && { reason: 'decided so' }) };
  }

  /** The day of a change that was made: another of that day puts it right. */
  private someChange(): Day | undefined {
    const days = this.world.events.flatMap(({ event }) => (event.data.effectiveOn as Day | undefined) ?? []);
    const found = days.filter((day) => day > FROM && day <= this.until);
    return found.length === 0 ? undefined : this.random.pick(found);
  }

  /** The same for what begins then: mostly early in the programme. */
  beginning(): object {
    if (this.random.chance(0.2)) return this.change();
    return { effectiveOn: addDays(FROM, this.random.int(0, 70)), reason: 'decided so' };
  }

  /** The same code in another case now and then: codes are one thing whatever their case. */
  anyCase(code: string): string {
    const { random } = this;
    return random.chance(0.2) ? (random.chance(0.5) ? code.toUpperCase() : code.toLowerCase()) : code;
  }

  /** The code of something that was made, or will be. */
  code(kind: keyof Maker['made']): string {
    return this.anyCase(`${kind.slice(0, 1)}-${String(this.random.int(1, Math.max(1, this.made[kind])))}`);
  }

  wish(kind: string, type: string, body: object, code?: string, actor = OFFICE): readonly Happened[] {
    const wish: Wish = { kind, type, body, actor, ...(code !== undefined && { code }) };
    return this.world.submit(wish);
  }

  /** A report or correction, by an agency's officer or by the office on its behalf. */
  report(kind: string, type: string, body: object, code: string, agency = this.random.pick(AGENCIES)): void {
    const { random } = this;
    if (random.chance(0.3)) {
      this.wish(kind, type, { ...body, onBehalfOf: agency, reason: 'for them' }, code);
      return;
    }
    const reasoned = 'corrects' in body || random.chance(0.7);
    const actor = { subject: `u-${agency}`, role: 'officer', agency };
    this.wish(kind, type, { ...body, ...(reasoned && { reason: 'as it was' }) }, code, actor);
  }

  /** An event of those types, rather one that stands; undefined where there is none. */
  some(...types: string[]): Happened | undefined {
    const { events } = this.world;
    const all = events.filter(({ event }) => types.includes(event.type));
    const standing = all.filter(({ event }) =>
      events.every(({ event: { data } }) => data.corrects !== event.id),
    );
    const found = standing.length > 0 && this.random.chance(0.9) ? standing : all;
    return found.length === 0 ? undefined : this.random.pick(found);
  }

  /** Corrects a report, mostly for the agency that made it. */
  correct(kind: string, command: string, type: string): void {
    const found = this.some(type);
    if (found === undefined) return;
    const { actor } = found.event.meta;
    const agency = this.random.chance(0.9) ? (actor.onBehalfOf ?? actor.agency) : undefined;
    this.report(kind, command, { corrects: found.event.id }, codeOf(found), agency);
  }
}

export function daysSince(day: Day): number {
  return Math.max(0, Math.round((Date.parse(day) - Date.parse(FROM)) / 86_400_000));
}

/** The code of the stream that the event is in. */
export function codeOf({ event }: Happened): string {
  return event.stream.slice(event.stream.lastIndexOf('.') + 1);
}

export function randomRule(random: Random, dimensions: readonly string[]): Rule {
  const combine = random.pick(['pooled', 'pooled', 'mean', 'given'] as const);
  const weights = Object.fromEntries(
    dimensions.map((code, n) => [code, n === 0 ? '1.5' : String(random.int(0, 3))]),
  );
  return {
    name: `rule ${String(random.int(1, 99))}`,
    counts: random.pick(['verified', 'verified', 'completed', 'progress'] as const),
    weighting: random.pick(['equal', 'equal', 'weight', 'budget'] as const),
    combine,
    ...(combine === 'given' && { weights }),
    digits: { dimension: random.int(0, 2), programme: random.int(0, 3) },
    rounding: 'half-up',
  };
}
