/**
 * A reference to something too large for workflow history (a diff, a transcript, a log, a report).
 * History carries the reference; the bytes live in the artifact store and are checked against the hash when read.
 */
import { z } from 'zod';

export const artifactRefSchema = z.strictObject({
  /** What it is, for people: `diff`, `transcript`, `junit`, ... */
  name: z.string().min(1),
  /** Where the artifact store keeps it (`file:` URL or `s3:` URL). */
  uri: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().nonnegative(),
  mediaType: z.string().min(1),
});

export type ArtifactRef = z.infer<typeof artifactRefSchema>;
