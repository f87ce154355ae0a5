/** Tells a person through the configured channel, once per marker. */
import type { ActivityBody } from './activity-server.js';
import type { StoryTools } from './story-tools.js';

export function notifyPerson(tools: StoryTools): ActivityBody<'notify_person'> {
  return async ({ marker, ...message }) => {
    const { channel, deliveredAt, adopted } = await tools.notifier.send(message, marker);
    return { channel, deliveredAt, adopted };
  };
}
