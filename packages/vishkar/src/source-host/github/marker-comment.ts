/**
 * How a marker stands on GitHub: in a comment of Markdown, which people do not see. What stands above it in the body of a pull
 * request is ours, what stands below it belongs to people.
 *
 * Rule guarded here: only we write such a comment. In a text that we pass on, one that looks like it is spelled differently.
 */
const MARKER = /<!-- vishkar-marker: ([^\n]*?) -->/;

/** GitHub refuses bodies of more than 65,536 characters. */
const TEXT_LIMIT = 65_000;

export function markerComment(marker: string): string {
  return `<!-- vishkar-marker: ${encode(marker)} -->`;
}

/** The text with its marker below it, and what people have below that. A text beyond GitHub's limit is cut. */
export function withMarker(text: string, marker: string, below = ''): string {
  const tail = `\n\n${markerComment(marker)}${below.trim() === '' ? '' : `\n\n${below.trim()}`}`;
  const own = defuse(text).trim();
  const room = Math.max(0, TEXT_LIMIT - tail.length);
  const cut = own.length <= room ? own : `${own.slice(0, Math.max(0, room - 50))}\n\n(cut: it is too long for GitHub)`;
  return `${cut}${tail}`;
}

export function carriesMarker(text: string, marker: string): boolean {
  return text.includes(markerComment(marker));
}

/** The marker of a body; undefined where none is ours. */
export function findMarker(text: string): string | undefined {
  const found = MARKER.exec(text)?.[1];
  return found === undefined ? undefined : decode(found);
}

/** What stands below the marker; a body without one is of people altogether. */
export function belowMarker(text: string): string {
  const found = MARKER.exec(text);
  return (found === null ? text : text.slice(found.index + found[0].length)).trim();
}

/** As people see it. */
export function withoutMarkers(text: string): string {
  return text.replaceAll(new RegExp(MARKER, 'g'), '').trim();
}

function defuse(text: string): string {
  return text.replaceAll(/<!--(\s*)vishkar-marker:/gi, '<!--$1not-a-vishkar-marker:');
}

/** `-->` would end the comment. */
function encode(marker: string): string {
  return marker.replaceAll('%', '%25').replaceAll('>', '%3E').replaceAll('\n', '%0A');
}

function decode(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%3E', '>').replaceAll('%25', '%');
}
