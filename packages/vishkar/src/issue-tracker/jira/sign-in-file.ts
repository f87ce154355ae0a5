/**
 * What a sign-in in a browser left: the client that was registered and its tokens, in a file outside of every repository that
 * only this user may read. Several processes share it (a worker, a command): it is read anew for each use.
 */
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeFileDurably } from '../../durable-file.js';

const OWNER_ONLY = 0o600;

/** The MCP client's own records are kept whole: it stamps them with what it checks later. */
const signInSchema = z.object({
  client: z.looseObject({ client_id: z.string() }).optional(),
  /** Where the browser was sent back to when the client was registered. */
  redirectUrl: z.string().optional(),
  tokens: z.looseObject({ access_token: z.string(), token_type: z.string() }).optional(),
});
export type SignIn = z.infer<typeof signInSchema>;

export class SignInFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Empty when there is none, or none that can be read: then a person signs in again. */
  async read(): Promise<SignIn> {
    try {
      return signInSchema.parse(JSON.parse(await readFile(this.path, 'utf8')));
    } catch {
      return {};
    }
  }

  async update(change: SignIn): Promise<void> {
    const folder = dirname(this.path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const merged = { ...(await this.read()), ...change };
    await writeFileDurably(this.path, `${JSON.stringify(merged, null, 2)}\n`, OWNER_ONLY);
  }

  /** False when there was none. */
  async remove(): Promise<boolean> {
    const { tokens } = await this.read();
    await rm(this.path, { force: true });
    return tokens !== undefined;
  }
}
