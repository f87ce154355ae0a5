/**
 * ESLint with a configuration of our own, over the text of the changed files: the project's configuration is never loaded, since
 * that would run code of the change under review, and comments in the change switch nothing off. Only added lines count.
 */
import type { ESLint as ESLintClass, Linter } from 'eslint';
import type { Angle } from '../../domain/finding.js';
import type { Analysis, Analyzer } from '../analyzer-panelist.js';
import { isAddedLine } from '../grounding.js';
import type { Claim } from '../panelist.js';
import type { ReviewMaterial } from '../review-material.js';
import { isHandWritten, isScript } from './code-file.js';
import { installedVersion } from './installed-version.js';
import { LINT_RULES } from './lint-rules.js';
import type { LintRule } from './lint-rules.js';

/** Whose rules: ESLint's own, or those of a plugin. */
export type RuleSource = 'eslint' | 'security' | 'sonarjs';

type Plugin = NonNullable<Linter.Config['plugins']>[string];

export class EslintAnalyzer implements Analyzer {
  readonly name: string;
  readonly version: string;
  readonly #source: RuleSource;
  readonly #rules: ReadonlyMap<string, LintRule>;
  #eslint: Promise<ESLintClass> | undefined;

  constructor(
    source: RuleSource,
    readonly angle: Angle,
  ) {
    this.#source = source;
    this.name = source === 'eslint' ? 'eslint' : `eslint-plugin-${source}`;
    this.version = installedVersion(this.name);
    const isOurs = ({ id, angle: of }: LintRule) =>
      of === angle && (source === 'eslint' ? !id.includes('/') : id.startsWith(`${source}/`));
    this.#rules = new Map(LINT_RULES.filter(isOurs).map((rule) => [rule.id, rule]));
  }

  async analyze(material: ReviewMaterial, signal: AbortSignal): Promise<Analysis> {
    const isRead = (path: string) => isScript(path) && (this.angle === 'security' || isHandWritten(path));
    const scripts = material.files.filter(({ path, text }) => text !== undefined && isRead(path));
    if (scripts.length === 0) return { files: 0, claims: [] };
    const eslint = await (this.#eslint ??= this.#load());
    const claims: Claim[] = [];
    const unread: string[] = [];
    for (const { path, text } of scripts) {
      signal.throwIfAborted();
      const results = await eslint.lintText(text ?? '', { filePath: path });
      for (const message of results.flatMap((result) => result.messages)) {
        // A message of no rule is about the file: it could not be parsed, or ESLint leaves it out.
        if (message.ruleId === null) unread.push(`${path} was not read: ${oneLine(message.message)}`);
        if (this.#isReasoned(message, text ?? '')) continue;
        const claim = this.#claim(path, message);
        if (claim !== undefined && isAddedLine(material, path, claim.line)) claims.push(claim);
      }
    }
    return { files: scripts.length - unread.length, claims, notes: unread };
  }

  #claim(path: string, message: Linter.LintMessage): Claim | undefined {
    const rule = this.#rules.get(message.ruleId ?? '');
    if (rule === undefined) return undefined;
    const { severity, category, suggestion } = rule;
    const issue = rule.issue ?? oneLine(message.message);
    const source = `${this.name}/${rule.id.slice(rule.id.indexOf('/') + 1)}`;
    return { severity, category, issue, file: path, line: message.line, suggestion, source };
  }

  #isReasoned({ ruleId, line, endLine = line }: Linter.LintMessage, text: string): boolean {
    if (this.#rules.get(ruleId ?? '')?.acceptsReason !== true) return false;
    const lines = text.split('\n').slice(line - 1, endLine);
    return lines.some((each) => /\/\/|\/\*/.test(each));
  }

  async #load(): Promise<ESLintClass> {
    const [{ ESLint }, parser, plugin] = await Promise.all([
      import('eslint'),
      import('@typescript-eslint/parser'),
      loadPlugin(this.#source),
    ]);
    return new ESLint({
      cwd: '/',
      overrideConfigFile: true,
      allowInlineConfig: false,
      overrideConfig: [
        {
          files: ['**/*.{js,cjs,mjs,jsx,ts,cts,mts,tsx}'],
          languageOptions: {
            parser: parser as unknown as Linter.Parser,
            parserOptions: { ecmaFeatures: { jsx: true } },
          },
          linterOptions: { reportUnusedDisableDirectives: 'off' },
          ...(plugin === undefined ? {} : { plugins: { [this.#source]: plugin } }),
          rules: Object.fromEntries([...this.#rules].map(([id, rule]) => [id, ['error', ...(rule.options ?? [])]])),
        },
      ],
    });
  }
}

/** Only the plugin that is asked for is loaded: sonarjs alone takes longer than all the rest. */
async function loadPlugin(source: RuleSource): Promise<Plugin | undefined> {
  switch (source) {
    case 'eslint':
      return undefined;
    case 'security':
      return pluginOf(await import('eslint-plugin-security'));
    case 'sonarjs':
      return pluginOf(await import('eslint-plugin-sonarjs'));
  }
}

/** A plugin's own object, whether its module is CommonJS or not. */
function pluginOf(module: object): Plugin {
  return ('default' in module ? module.default : module) as Plugin;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
