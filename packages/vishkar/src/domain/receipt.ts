/**
 * The story receipt: every step's evidence in order, each entry hashed together with the hash before it, so that a
 * change, a gap or a swap anywhere shows when the file is verified offline. The hash function is injected; the domain does no I/O.
 */
import type { Evidence } from './evidence.js';

export interface ReceiptEntry {
  readonly index: number;
  readonly evidence: Evidence;
  /** SHA-256 over the previous hash, a newline and the evidence's canonical JSON; hex. */
  readonly hash: string;
}

export interface Receipt {
  readonly schemaVersion: 1;
  readonly story: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly outcome: string;
  readonly entries: readonly ReceiptEntry[];
  /** The last entry's hash: the one number that stands for the whole story. */
  readonly seal: string;
}

export type Sha256 = (text: string) => string;

/** JSON with sorted keys and no spaces: the same value always gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

export function sealReceipt(
  header: Pick<Receipt, 'story' | 'workflowId' | 'runId' | 'outcome'>,
  evidence: readonly Evidence[],
  sha256: Sha256,
): Receipt {
  let previous = sha256(canonicalJson(header));
  const entries = evidence.map((item, index) => {
    previous = sha256(`${previous}\n${canonicalJson(item)}`);
    return { index, evidence: item, hash: previous };
  });
  return { schemaVersion: 1, ...header, entries, seal: previous };
}

/** The first thing that is wrong with a receipt, as a sentence; undefined when it is whole. */
export function receiptFault(receipt: Receipt, sha256: Sha256): string | undefined {
  const { story, workflowId, runId, outcome } = receipt;
  const header = { story, workflowId, runId, outcome };
  const expected = sealReceipt(
    header,
    receipt.entries.map((entry) => entry.evidence),
    sha256,
  );
  const bad = receipt.entries.findIndex(
    (entry, index) => entry.index !== index || entry.hash !== expected.entries[index]?.hash,
  );
  if (bad >= 0)
    return `entry ${String(bad)} (${receipt.entries[bad]?.evidence.step ?? 'unknown'}) does not match its hash`;
  if (receipt.seal !== expected.seal) return 'the seal does not match the last entry';
  return undefined;
}
