import type { Gate } from '@jejak/core';
import type Database from 'better-sqlite3';

const NAME = 'gate ';

/** The gates of programmes, in the log's table `meta`. Who alone writes the log keeps them in memory. */
export class Gates {
  private readonly shut: Map<string, Gate>;

  constructor(private readonly db: Database.Database) {
    const rows = db
      .prepare<[string], [string, string]>('SELECT name, value FROM meta WHERE name GLOB ?')
      .raw()
      .all(`${NAME}*`);
    this.shut = new Map(rows.map(([name, value]) => [name.slice(NAME.length), JSON.parse(value) as Gate]));
  }

  of(programme: string): Gate | undefined {
    return this.shut.get(programme);
  }

  set(programme: string, gate: Gate | undefined): void {
    const name = NAME + programme;
    if (gate === undefined) {
      this.db.prepare('DELETE FROM meta WHERE name = ?').run(name);
      this.shut.delete(programme);
    } else {
      this.db
        .prepare(
          'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        )
        .run(name, JSON.stringify(gate));
      this.shut.set(programme, gate);
    }
  }
}
