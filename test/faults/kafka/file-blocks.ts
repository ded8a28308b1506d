import { type BlockStore, BlockStoreMoved, type ProgrammeEvent, type RelayCheckpoint } from '@jejak/core';
import fs from 'node:fs';
import path from 'node:path';
import { Listed } from './listed';

/** Blocks in two files, which outlive a process that is killed: for a relay that is. */
export class FileBlocks extends Listed implements BlockStore {
  private readonly events = new Map<string, ProgrammeEvent[]>();
  private readonly blocks: string;
  private readonly saved: string;

  constructor(private readonly directory: string) {
    super();
    this.blocks = path.join(directory, 'blocks.jsonl');
    this.saved = path.join(directory, 'checkpoint.json');
    if (!fs.existsSync(this.blocks)) return;
    const text = fs.readFileSync(this.blocks, 'utf8');
    // A line that was cut off by a kill goes.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) fs.truncateSync(this.blocks, Buffer.byteLength(whole));
    for (const line of whole.split('\n').slice(0, -1)) this.keep(JSON.parse(line) as ProgrammeEvent);
  }

  async write(events: readonly ProgrammeEvent[]): Promise<void> {
    let lines = '';
    for (const recorded of events) if (this.keep(recorded)) lines += `${JSON.stringify(recorded)}\n`;
    fs.appendFileSync(this.blocks, lines);
  }

  async checkpoint(): Promise<RelayCheckpoint | undefined> {
    if (!fs.existsSync(this.saved)) return undefined;
    return JSON.parse(fs.readFileSync(this.saved, 'utf8')) as RelayCheckpoint;
  }

  async saveCheckpoint(previous: string | undefined, next: RelayCheckpoint): Promise<void> {
    if ((await this.checkpoint())?.position !== previous) throw new BlockStoreMoved('another relay was here');
    const beside = `${this.saved}.${String(process.pid)}`;
    fs.writeFileSync(beside, JSON.stringify(next));
    fs.renameSync(beside, this.saved);
  }

  protected programmes(): Iterable<string> {
    return this.events.keys();
  }

  protected of(programme: string): readonly ProgrammeEvent[] {
    return this.events.get(programme) ?? [];
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  private keep(recorded: ProgrammeEvent): boolean {
    const { programme } = recorded.event;
    const kept = this.events.get(programme) ?? [];
    this.events.set(programme, kept);
    if (recorded.index > kept.length)
      throw new BlockStoreMoved(`${programme} has ${String(kept.length)} events`);
    if (recorded.index < kept.length) return false;
    kept.push(recorded);
    return true;
  }
}
