/** Which webhooks are received, and under which secret. The secrets themselves stand in the environment. */
import { z } from 'zod';

const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'this is the name of an environment variable, not its value');
const sourceSchema = z.strictObject({ secretEnv: variable });

export const webhooksConfigSchema = z
  .strictObject({
    /** On loopback; whatever the team has in front of this machine passes them on. */
    port: z.number().int().min(0).max(65_535),
    github: sourceSchema.optional(),
    jira: sourceSchema.optional(),
  })
  .refine(({ github, jira }) => github !== undefined || jira !== undefined, {
    message: 'say whose webhooks are received: "github", "jira", or both',
  });
