/** The port to content-addressed storage of large things; the same bytes put twice are stored once. */
import type { ArtifactRef } from '../domain/artifact.js';

export interface ArtifactStore {
  put(name: string, content: string | Uint8Array, mediaType: string): Promise<ArtifactRef>;
  /** Stores a file by its path without loading it whole. */
  putFile(name: string, path: string, mediaType: string): Promise<ArtifactRef>;
  /** Throws VishkarError `ARTIFACT_MISSING` or `ARTIFACT_CORRUPT` (hash differs). */
  read(ref: ArtifactRef): Promise<Uint8Array>;
}
