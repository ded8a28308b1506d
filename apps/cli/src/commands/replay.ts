import { queries, type Snapshot } from '@jejak/views';
import { type Context, EXIT } from '../context';
import { withBeside } from '../service';

export interface ReplayOptions {
  readonly programme: string;
  /** a moment (ISO 8601) */
  readonly at?: string;
  readonly knownAt?: string;
  readonly cutOff?: string;
  readonly phase?: string;
  readonly json?: true;
}

/** Prints how a programme stood, from what was known at a moment or an index. */
export async function replay(context: Context, options: ReplayOptions): Promise<number> {
  const { programme, at, knownAt, cutOff, phase, json } = options;
  const params = { ...(cutOff !== undefined && { cutOff }), ...(phase !== undefined && { phase }) };
  return withBeside(context, async (beside) => {
    const { answer, index, asOf } = await beside.answer(queries.snapshot, programme, params, knownAt ?? at);
    if (json === true) context.out(JSON.stringify({ ...answer, index, asOf }, null, 2));
    else show(context, answer, index, asOf);
    return EXIT.done;
  });
}

function show({ out, say }: Context, snapshot: Snapshot, index: number, asOf: string): void {
  const { figures, budget, csr, programme, cutOff } = snapshot;
  const known = say({ en: 'known at index', id: 'diketahui pada indeks' });
  out(
    `${programme} · ${say({ en: 'cut-off', id: 'batas data' })} ${cutOff} · ${known} ${String(index)} (${asOf})`,
  );
  const rows = [
    ...figures.dimensions.map(({ name, figure }) => [name, figure] as const),
    [say({ en: 'Programme', id: 'Program' }), figures.programme] as const,
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, figure] of rows) {
    const text = figure === null ? '–' : `${figure.displayed} % (${figure.numerator}/${figure.denominator})`;
    out(`  ${name.padEnd(width)}  ${text}`);
  }
  const { ceiling, disbursed, absorption } = budget.total;
  const share = absorption === null ? '–' : `${absorption.displayed} %`;
  out(
    `  ${say({ en: 'Budget', id: 'Anggaran' })}: Rp ${money(ceiling)}, ${say({ en: 'disbursed', id: 'realisasi' })} Rp ${money(disbursed)} (${share})`,
  );
  out(
    `  CSR: ${say({ en: 'received', id: 'diterima' })} Rp ${money(csr.total.received)}, ${say({ en: 'allocated', id: 'dialokasikan' })} Rp ${money(csr.total.allocated)}`,
  );
}

function money(amount: number | string): string {
  return String(amount).replace(/\B(?=(?:[0-9]{3})+$)/g, '.');
}
