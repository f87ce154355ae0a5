/**
 * Payloads as Nexus carries them over HTTP: a body and its content headers. What has no form of its own there travels as an
 * encoded payload, so that nothing is lost between two services of this kind.
 */
import { temporalProto } from '../proto/root.js';
import type { temporal } from '../proto/root.js';

type Payload = temporal.api.common.v1.IPayload;

const PayloadMessage = temporalProto.api.common.v1.Payload;
const PAYLOAD_TYPE = 'application/x-temporal-payload';
const PROTOBUF_JSON = /^application\/json;\s*format=protobuf;\s*message-type="([^"]+)"$/;
const PROTOBUF = /^application\/x-protobuf;\s*message-type="([^"]+)"$/;

export interface Content {
  /** Without the prefix `content-`. */
  readonly header: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export function contentOfPayload(payload: Payload): Content {
  const metadata = new Map(
    Object.entries(payload.metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('utf8')]),
  );
  const body = payload.data ?? new Uint8Array(0);
  const messageType = metadata.get('messageType') ?? '';
  const type = ((): string | undefined => {
    switch (metadata.get('encoding')) {
      case 'json/plain':
        return metadata.size === 1 ? 'application/json' : undefined;
      case 'binary/plain':
        return metadata.size === 1 ? 'application/octet-stream' : undefined;
      case 'binary/null':
        return metadata.size === 1 ? '' : undefined;
      case 'json/protobuf':
        return isMessage(metadata.size, messageType)
          ? `application/json; format=protobuf; message-type="${messageType}"`
          : undefined;
      case 'binary/protobuf':
        return isMessage(metadata.size, messageType)
          ? `application/x-protobuf; message-type="${messageType}"`
          : undefined;
      default:
        return undefined;
    }
  })();
  if (type === undefined) return { header: { type: PAYLOAD_TYPE }, body: PayloadMessage.encode(payload).finish() };
  return { header: type === '' ? {} : { type }, body };
}

export function payloadOfContent({ header, body }: Content): Payload {
  const { encoding: _encoding, length: _length, ...rest } = header;
  const type = rest['type'] ?? '';
  if (Object.keys(rest).length > 1) return unknownContent(rest, body);
  if (type === '') return body.length === 0 ? payload('binary/null', body) : unknownContent(rest, body);
  if (type === PAYLOAD_TYPE) return PayloadMessage.decode(body);
  if (/^application\/json$/.test(type)) return payload('json/plain', body);
  if (/^application\/octet-stream$/.test(type)) return payload('binary/plain', body);
  const jsonMessage = PROTOBUF_JSON.exec(type)?.[1];
  if (jsonMessage) return payload('json/protobuf', body, jsonMessage);
  const message = PROTOBUF.exec(type)?.[1];
  if (message) return payload('binary/protobuf', body, message);
  return unknownContent(rest, body);
}

const isMessage = (size: number, messageType: string): boolean => size === 2 && messageType !== '';

const payload = (encoding: string, data: Uint8Array, messageType?: string): Payload => ({
  metadata: { encoding: Buffer.from(encoding), ...(messageType ? { messageType: Buffer.from(messageType) } : {}) },
  data,
});

function unknownContent(header: Readonly<Record<string, string>>, data: Uint8Array): Payload {
  const metadata: Record<string, Uint8Array> = {};
  for (const [key, value] of Object.entries(header)) metadata[key] = Buffer.from(value);
  metadata['encoding'] = Buffer.from('unknown/nexus-content');
  return { metadata, data };
}
