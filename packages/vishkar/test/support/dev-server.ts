/** Whether a Temporal service answers at an address. */
import { Connection } from '@temporalio/client';

export async function answersAt(address: string): Promise<boolean> {
  try {
    await (await Connection.connect({ address, connectTimeout: 1_000 })).close();
    return true;
  } catch {
    return false;
  }
}
