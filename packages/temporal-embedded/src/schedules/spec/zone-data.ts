/**
 * A time zone that comes with the spec itself, as a TZif file (RFC 8536): its list of changes, and behind the last of
 * them the rule in its footer.
 */
import { parseZoneRule } from './zone-rule.js';
import { InvalidSpecError } from './spec-error.js';
import type { Zone, ZoneStretch } from './zone.js';

interface Header {
  readonly version: number;
  readonly isUtCount: number;
  readonly isStdCount: number;
  readonly leapCount: number;
  readonly timeCount: number;
  readonly typeCount: number;
  readonly charCount: number;
}

const HEADER_BYTES = 44;
const TYPE_BYTES = 6;

/** Throws InvalidSpecError when the bytes are no such file. */
export function parseZoneData(bytes: Uint8Array): Zone {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readZone(file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw malformed();
  }
}

const malformed = (): InvalidSpecError => new InvalidSpecError('malformed time zone information');

function readZone(file: Buffer): Zone {
  const first = readHeader(file, 0);
  if (first.version < 2) return readBlock(file, HEADER_BYTES, first, 4);
  // The first block is for readers that know 32 bits only; the second one says it again.
  const second = HEADER_BYTES + blockBytes(first, 4);
  const header = readHeader(file, second);
  const start = second + HEADER_BYTES;
  const footer = file.subarray(start + blockBytes(header, 8)).toString('latin1');
  return readBlock(file, start, header, 8, /^\n([^\n]*)\n/.exec(footer)?.[1] ?? '');
}

function readHeader(file: Buffer, at: number): Header {
  if (file.toString('latin1', at, at + 4) !== 'TZif') throw malformed();
  const digit = file.toString('latin1', at + 4, at + 5);
  const count = (n: number): number => file.readUInt32BE(at + 20 + 4 * n);
  return {
    version: digit === '\0' ? 1 : Number(digit),
    isUtCount: count(0),
    isStdCount: count(1),
    leapCount: count(2),
    timeCount: count(3),
    typeCount: count(4),
    charCount: count(5),
  };
}

const blockBytes = (header: Header, timeBytes: number): number =>
  header.timeCount * (timeBytes + 1) +
  header.typeCount * TYPE_BYTES +
  header.charCount +
  header.leapCount * (timeBytes + 4) +
  header.isStdCount +
  header.isUtCount;

function readBlock(file: Buffer, start: number, header: Header, timeBytes: 4 | 8, footer = ''): Zone {
  const { timeCount, typeCount } = header;
  if (typeCount === 0) throw malformed();
  const typesAt = start + timeCount * (timeBytes + 1);
  const offsetOf = (type: number): number => {
    if (type >= typeCount) throw malformed();
    return file.readInt32BE(typesAt + type * TYPE_BYTES);
  };
  const stretches: ZoneStretch[] = [];
  // Before the first change the first type holds.
  let offsetS = offsetOf(0);
  for (let n = 0; n < timeCount; n++) {
    const at = start + n * timeBytes;
    const endS = timeBytes === 4 ? file.readInt32BE(at) : Number(file.readBigInt64BE(at));
    stretches.push({ offsetS, endS });
    offsetS = offsetOf(file.readUInt8(start + timeCount * timeBytes + n));
  }
  const last = { offsetS, endS: Infinity };
  const rule = parseZoneRule(footer);
  return {
    stretchAt: (atS) => stretches.find(({ endS }) => atS < endS) ?? rule?.stretchAt(atS) ?? last,
  };
}
