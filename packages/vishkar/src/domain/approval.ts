/**
 * Step 16 as a pure state machine. An approval is bound to one head SHA: a new commit voids it.
 *
 *   waiting --approve(by, head)--> waiting   (while fewer than the required distinct approvers)
 *   waiting --approve(by, head)--> approved  (when enough)
 *   waiting --reject(by)---------> rejected
 *   waiting | approved --head moved--> waiting (votes gone, asked again)
 *   waiting --expiry-------------> expired
 */
export interface ApprovalVote {
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly comment: string;
  readonly headSha: string;
  /** `signal`, `update`, `demo`, ... */
  readonly channel: string;
}

export interface ApprovalState {
  readonly headSha: string;
  readonly status: 'waiting' | 'approved' | 'rejected' | 'expired';
  readonly requiredApprovers: number;
  readonly votes: readonly ApprovalVote[];
  readonly rejection?: { readonly by: string; readonly at: string; readonly reason: string };
  /** How often a moved head voided what was given. */
  readonly voided: number;
}

export function askForApproval(headSha: string, requiredApprovers: number): ApprovalState {
  return { headSha, status: 'waiting', requiredApprovers, votes: [], voided: 0 };
}

/** Why this vote can't be taken; undefined when it can. */
export function approvalObjection(state: ApprovalState | undefined, headSha: string): string | undefined {
  if (state === undefined) return 'the story does not wait for approval now';
  if (state.status !== 'waiting') return `the story is already ${state.status}`;
  if (state.headSha !== headSha)
    return `the head to approve is ${state.headSha}, not ${headSha}: look at the newer commit first`;
  return undefined;
}

/** Throws Error when `approvalObjection` has one. A second vote of the same person replaces the first. */
export function approve(state: ApprovalState, vote: ApprovalVote): ApprovalState {
  const objection = approvalObjection(state, vote.headSha);
  if (objection !== undefined) throw new Error(objection);
  const votes = [...state.votes.filter((earlier) => earlier.by !== vote.by), vote];
  return { ...state, votes, status: votes.length >= state.requiredApprovers ? 'approved' : 'waiting' };
}

export function reject(state: ApprovalState, by: string, at: string, reason: string): ApprovalState {
  if (state.status !== 'waiting') throw new Error(`the story is already ${state.status}`);
  return { ...state, status: 'rejected', rejection: { by, at, reason } };
}

/** The head is another now: whatever was given was given for something else. */
export function moveHead(state: ApprovalState, headSha: string): ApprovalState {
  if (headSha === state.headSha) return state;
  return {
    headSha,
    status: 'waiting',
    requiredApprovers: state.requiredApprovers,
    votes: [],
    voided: state.voided + 1,
  };
}

export function expire(state: ApprovalState): ApprovalState {
  return state.status === 'waiting' ? { ...state, status: 'expired' } : state;
}
