import {
  canonical,
  type Json,
  MAX_ENVELOPE_BYTES,
  type Process,
  type ProcessTools,
  type ProgrammeEvent,
} from '@jejak/core';
import type { PhaseEvent, Seal } from '@jejak/domain';
import { MerkleTree } from '@jejak/ledger';
import { liveSnapshot, MemoryDocuments, snapshotNeeds, views } from '@jejak/views';

type PhaseClosed = Extract<PhaseEvent, { type: 'PhaseClosed' }>;

const NAME = 'seal-phase';
const NEEDED = views.filter((view) => snapshotNeeds.some((need) => need.view === view.name));

/** What an envelope has beside its data, at most: ids, names of programme and phase, the process that gave the command. */
const ENVELOPE_ROOM = 4096;

/**
 * A seal is one event, whole, and an event has a largest size. The phase stays closed and unsealed; nothing is sealed in
 * part.
 */
export class SealTooLarge extends Error {
  readonly code = 'seal-too-large';
  constructor(programme: string, { phase, number, snapshot }: Seal, bytes: number) {
    const { figures, budget } = snapshot as unknown as ReturnType<typeof liveSnapshot>;
    const actions = figures.dimensions.reduce(
      (sum, each) => sum + each.counted.length + each.missing.length,
      0,
    );
    super(
      `seal-too-large: the seal of phase ${phase} of ${programme} (closing ${String(number)}) takes ${String(bytes)} bytes ` +
        `for ${String(actions)} actions and the budgets of ${String(budget.agencies.length)} agencies; ` +
        `at most ${String(MAX_ENVELOPE_BYTES - ENVELOPE_ROOM)} fit into an event`,
    );
  }
}

/**
 * Seals a phase when it is closed: the figures at its cut-off as known at its closing, folded from the programme's log
 * up to that event and from nothing else, with the size and root of the programme's Merkle tree there.
 *
 * A seal that is too large for an event stops the process for that programme, with `SealTooLarge` as the reason.
 */
export const sealPhase: Process = {
  name: NAME,

  handles: (event) => event.type === 'PhaseClosed',

  async react(recorded, tools) {
    const { event } = recorded as ProgrammeEvent<PhaseClosed>;
    const seal = await sealAt(recorded as ProgrammeEvent<PhaseClosed>, tools);
    const text = canonical(seal);
    const bytes = Buffer.byteLength(text, 'utf8');
    if (bytes > MAX_ENVELOPE_BYTES - ENVELOPE_ROOM) throw new SealTooLarge(event.programme, seal, bytes);
    await tools.submit({
      type: 'SealPhase',
      stream: event.stream,
      body: JSON.parse(text) as Json,
      key: `seal ${seal.phase} ${event.id}`,
      actor: { subject: `process:${NAME}`, role: 'process' },
      correlationId: event.meta.correlationId,
      causationId: event.id,
      ...(event.meta.traceparent !== undefined && { traceparent: event.meta.traceparent }),
    });
  },
};

/** What the seal of a closing says; also what a recomputation is held against. */
export async function sealAt(
  { event: closing, index }: ProgrammeEvent<PhaseClosed>,
  { log, catalogue }: Pick<ProcessTools, 'log' | 'catalogue'>,
): Promise<Seal> {
  const documents = new MemoryDocuments(NEEDED);
  const tree = new MerkleTree();
  for await (const page of log.readProgramme(closing.programme, 0, index)) {
    for (const { event } of page) tree.add(event);
    documents.fold(page.map((each) => ({ ...each, event: catalogue.upcast(each.event) })));
  }
  const { phase, number, cutOff } = closing.data;
  const snapshot = liveSnapshot(documents, { programme: closing.programme, cutOff, phase });
  const { rule, ruleVersion, engineVersion } = snapshot;
  if (ruleVersion === null) throw new Error(`no rule is in force on ${cutOff}`);
  return {
    phase,
    number,
    closing: { id: closing.id, index },
    cutOff,
    rule,
    ruleVersion,
    engineVersion,
    snapshot: snapshot as unknown as Json,
    tree: { size: tree.size, root: tree.root() },
  };
}
