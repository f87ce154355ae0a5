/** The issue tracker of a project's configuration. Apart from the other tools, because most commands need no more. */
import { join } from 'node:path';
import type { Project } from '../config/project.js';
import type { IssueTracker } from '../issue-tracker/issue-tracker.js';
import { githubIssuesSchema } from '../issue-tracker/github-issues/github-issues-config.js';
import { GithubIssues } from '../issue-tracker/github-issues/github-issues.js';
import { JiraTracker } from '../issue-tracker/jira/jira-tracker.js';
import { openJira } from '../issue-tracker/jira/open-jira.js';
import { MarkdownBacklog } from '../issue-tracker/markdown-backlog/markdown-backlog.js';
import { GithubClient } from '../source-host/github/github-client.js';

export function openTracker(project: Project, environment: NodeJS.ProcessEnv = process.env): IssueTracker {
  const { jira, github, kind } = project.config.tracker;
  if (kind === 'jira' && jira !== undefined)
    return new JiraTracker(openJira(jira, environment, signInPath(project)), jira);
  if (kind === 'github') {
    const { owner = '', repo = '', ...access } = project.config.sourceHost;
    const issues = github ?? githubIssuesSchema.parse({});
    const place = { owner: issues.owner ?? owner, repo: issues.repo ?? repo };
    return new GithubIssues(GithubClient.open({ ...access, ...place }, environment, project.repository), issues);
  }
  return new MarkdownBacklog({
    repository: project.repository,
    folder: join(project.repository, project.config.tracker.folder),
  });
}

/** Where a person's sign-in is kept: outside of the repository, beside the project's other state. */
export function signInPath(project: Project): string {
  return join(project.state.root, 'tracker-sign-in.json');
}
