/** The issue tracker of a project's configuration. Apart from the other tools, because most commands need no more. */
import { join } from 'node:path';
import type { Project } from '../config/project.js';
import type { IssueTracker } from '../issue-tracker/issue-tracker.js';
import { JiraTracker } from '../issue-tracker/jira/jira-tracker.js';
import { openJira } from '../issue-tracker/jira/open-jira.js';
import { MarkdownBacklog } from '../issue-tracker/markdown-backlog/markdown-backlog.js';

export function openTracker(project: Project, environment: NodeJS.ProcessEnv = process.env): IssueTracker {
  const { jira, kind } = project.config.tracker;
  if (kind === 'jira' && jira !== undefined) return new JiraTracker(openJira(jira, environment), jira);
  return new MarkdownBacklog({
    repository: project.repository,
    folder: join(project.repository, project.config.tracker.folder),
  });
}
