/** Edits as a model writes them into its reply for Aider, in two of its formats. */

/** A whole file, for the edit format `whole`: its path, then its content between fences. */
export function wholeFile(path: string, content: string): string {
  return `${path}\n\`\`\`\n${ended(content)}\`\`\`\n`;
}

/** A block for the edit format `diff`; an empty `before` makes the file, or adds to its end. */
export function searchReplace(path: string, before: string, after: string): string {
  const block = ['<<<<<<< SEARCH\n', ended(before), '=======\n', ended(after), '>>>>>>> REPLACE\n'];
  return `${path}\n\`\`\`\n${block.join('')}\`\`\`\n`;
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
