/**
 * The forms in which a model has to answer, and how an answer is read. The provider is given the JSON schema, and what comes
 * back is checked again here, claim by claim: one malformed claim does not take the others with it, and no text around counts.
 */
import { z } from 'zod';
import { SEVERITIES } from '../domain/finding.js';
import type { Claim, Vote } from './panelist.js';

export interface ModelAnswer<T> {
  readonly name: string;
  readonly jsonSchema: Record<string, unknown>;
  /** Throws ZodError when the answer as a whole has another form. */
  read(answer: unknown): T;
}

const claimSchema = z.object({
  severity: z.enum(SEVERITIES),
  category: z.string().min(1).max(80).describe('kind of fault in kebab-case, such as code-injection or missing-check'),
  issue: z.string().min(1).max(500).describe('what is wrong, one sentence'),
  file: z.string().min(1).max(1000).describe('path as the diff gives it'),
  line: z.number().int().min(0).describe('line number at the new side; 0 for the file as a whole'),
  suggestion: z.string().max(1000).describe('what to do instead, one sentence'),
});

const voteSchema = z.object({
  claimId: z.string(),
  vote: z.enum(['confirm', 'refute', 'abstain']),
  reason: z.string().max(500).describe('one sentence'),
});

/** Claims of one model past this are no review any more. */
const MAXIMUM_CLAIMS = 50;

export const claimsAnswer: ModelAnswer<{
  readonly claims: readonly Omit<Claim, 'source'>[];
  readonly refused: number;
}> = {
  name: 'report_claims',
  jsonSchema: jsonSchemaOf(z.object({ claims: z.array(claimSchema) })),
  read: (answer) => {
    const { claims } = z.object({ claims: z.array(z.unknown()) }).parse(answer);
    const read = claims.slice(0, MAXIMUM_CLAIMS).map((claim) => claimSchema.safeParse(claim));
    const fitting = read.flatMap(({ data }) => (data === undefined ? [] : [data]));
    return {
      claims: fitting.map((claim) => ({
        ...claim,
        category: kebab(claim.category),
        file: claim.file.replace(/^(?:\.|[ab])\/(?=.)/, ''),
      })),
      refused: claims.length - fitting.length,
    };
  },
};

export const votesAnswer: ModelAnswer<readonly Vote[]> = {
  name: 'cast_votes',
  jsonSchema: jsonSchemaOf(z.object({ votes: z.array(voteSchema) })),
  read: (answer) => {
    const { votes } = z.object({ votes: z.array(z.unknown()) }).parse(answer);
    return votes.flatMap((vote) => voteSchema.safeParse(vote).data ?? []);
  },
};

function kebab(words: string): string {
  const name = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'other' : name;
}

function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema) as Record<string, unknown>;
}
