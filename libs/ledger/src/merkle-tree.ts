import { createHash } from 'node:crypto';
import { canonical, type Envelope, type Json } from '@jejak/core';

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** The hash of a leaf (RFC 9162, 2.1.1): SHA-256(0x00 || bytes). */
export function leafHash(bytes: string | Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(bytes).digest();
}

/** The hash of an inner node (RFC 9162, 2.1.1): SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/**
 * The Merkle tree of a programme's events, leaf n being the event of index n. Holds one hash for each full subtree
 * (at most log2 of the size), so that it grows by an event at a time without keeping the leaves.
 */
export class MerkleTree {
  private readonly subtrees: { readonly size: number; readonly hash: Buffer }[] = [];
  private leaves = 0;

  /** The number of leaves. */
  get size(): number {
    return this.leaves;
  }

  /** Adds an event as it is stored, before upcasting: its canonical bytes are the leaf. */
  add(event: Envelope): void {
    this.addLeaf(leafHash(canonical(event as unknown as Json)));
  }

  /** Adds a leaf by its hash, as `leafHash` gives it. */
  addLeaf(hash: Buffer): void {
    let top = { size: 1, hash };
    for (let last = this.subtrees.at(-1); last?.size === top.size; last = this.subtrees.at(-1)) {
      this.subtrees.pop();
      top = { size: top.size * 2, hash: nodeHash(last.hash, top.hash) };
    }
    this.subtrees.push(top);
    this.leaves++;
  }

  /** The root in hex; of the empty tree, the hash of nothing. */
  root(): string {
    const last = this.subtrees.at(-1);
    if (last === undefined) return createHash('sha256').digest('hex');
    return this.subtrees
      .slice(0, -1)
      .reduceRight((right, left) => nodeHash(left.hash, right), last.hash)
      .toString('hex');
  }
}
