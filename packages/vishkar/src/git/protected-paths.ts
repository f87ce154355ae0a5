/**
 * Whether a path is one of those that a story's engine may not change by itself. Paths are compared as the least careful file system
 * would take them: without regard to case, to how letters are composed, to characters that are not seen, and to dots and blanks at the end of a name.
 */
import picomatch from 'picomatch';
import { PROTECTED_LISTS } from '../domain/protected-paths.js';
import type { ProtectedPaths } from '../domain/protected-paths.js';

type PathRule = (path: string) => boolean;

export function protectedPathRule({ also, except }: Pick<ProtectedPaths, 'also' | 'except'>): PathRule {
  const isListed = anyOf([...Object.values(PROTECTED_LISTS).flat(), ...also]);
  const isExcepted = anyOf(except);
  return (path) => {
    const folded = foldPath(path);
    return isListed(folded) && !isExcepted(folded);
  };
}

function anyOf(patterns: readonly string[]): PathRule {
  if (patterns.length === 0) return () => false;
  return picomatch(
    patterns.map((each) => fromTop(foldPath(each))),
    { dot: true, nonegate: true },
  );
}

/** As in .gitignore: a pattern without a slash is a name in any folder. */
function fromTop(pattern: string): string {
  if (pattern.startsWith('/')) return pattern.slice(1);
  return pattern.includes('/') ? pattern : `**/${pattern}`;
}

/** Characters that Apple's file systems leave out of a comparison of names. */
const UNSEEN = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function foldPath(path: string): string {
  return path
    .normalize('NFKC')
    .replace(UNSEEN, '')
    .toLowerCase()
    .split('/')
    .map((name) => name.replace(/(?<=[^.\s])[.\s]+$/, ''))
    .join('/');
}
