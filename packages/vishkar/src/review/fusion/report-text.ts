/**
 * What can be read off a report's words without a model: the words that carry meaning, names of code, and its tone. Everything
 * here is a pure function of one text, so that two reviews of the same change compare the same everywhere.
 */

/** Words that stand in every report, and say nothing about which fault it is. */
const EMPTY_WORDS = new Set(
  (
    'a an the of to in on for and or is are be been was were it its this that these those with as at by from not no can could may ' +
    'might will would should when if then than which into does do did has have had but so such via there their they them you your we ' +
    'our use used using uses instead also only any all each more most other same being because while where what who how consider code ' +
    'change method function value line file issue potential potentially'
  ).split(' '),
);

export interface ReportText {
  /** Stems of the words, and of the parts of names. */
  readonly words: ReadonlySet<string>;
  /** Names of code as a whole (`getUserId`, `retry_count`), in lower case. */
  readonly names: ReadonlySet<string>;
  /** Runs of four letters: they find what inflection and typing errors hide. */
  readonly grams: ReadonlySet<string>;
}

export function readReport(text: string): ReportText {
  const words = new Set<string>();
  const names = new Set<string>();
  for (const [token] of text.matchAll(/[A-Za-z_$][\w$]*/g)) {
    if (token.length > 3 && isName(token)) names.add(token.toLowerCase().replace(/[_$]/g, ''));
    for (const part of partsOf(token)) if (part.length > 2 && !EMPTY_WORDS.has(part)) words.add(stem(part));
  }
  const grams = new Set<string>();
  for (const word of text.toLowerCase().split(/[^a-z0-9]+/))
    for (let start = 0; start + 4 <= word.length; start += 1) grams.add(word.slice(start, start + 4));
  return { words, names, grams };
}

export interface Tone {
  /** Words that take the claim half back: "might", "consider". */
  readonly hedges: number;
  /** Words of taste and upkeep: naming, comments, tests, logging. */
  readonly nits: number;
  /** Words of damage: crash, leak, wrong, injection. */
  readonly damage: number;
  /** Different pieces of code that it names. */
  readonly quotes: number;
}

const HEDGES = /\b(?:consider|might|may|could|perhaps|possibly|ideally|recommend|suggest|nice to have|optional)\b/gi;
const NITS =
  /\b(?:typo|naming|rename|comments?|documentation|docstring|javadoc|style|formatting|readab\w*|consisten\w*|indent\w*|unused|redundant|duplicat\w*|hard-?coded|magic|log|logging|logged|coverage|maintain\w*|refactor\w*|extract|clarity|clearer|confusing|verbose|performance|index|tests?)\b/gi;
const DAMAGE =
  /\b(?:crash\w*|null|undefined|nil|npe|nullpointer\w*|exception|throws?|error|race|deadlock|concurren\w*|injection|bypass\w*|leak\w*|incorrect\w*|wrong|never|always|fail\w*|break\w*|broken|inverted|missing|overflow|infinite|invalid|security|vulnerab\w*|attack\w*|unauthor\w*|panic\w*|typeerror|attributeerror|keyerror)\b/gi;
const CODE = /`[^`]+`|\b\w+\(\)|\b[a-z]+[A-Z]\w*|\b\w+_\w+/g;

export function toneOf(text: string): Tone {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  return {
    hedges: count(HEDGES),
    nits: count(NITS),
    damage: count(DAMAGE),
    quotes: new Set(text.match(CODE) ?? []).size,
  };
}

function isName(token: string): boolean {
  return /[a-z][A-Z]|_|\$|[A-Z]{2}/.test(token);
}

function partsOf(token: string): readonly string[] {
  return token
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/_/g, ' ')
    .toLowerCase()
    .split(' ');
}

/** Rough on purpose: it has to make "validates" and "validated" one word, not to be right about English. */
function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ed|es|s|ly|ions?)$/, '') : word.replace(/s$/, '');
}
