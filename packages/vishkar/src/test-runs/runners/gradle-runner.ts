/**
 * Gradle: an init script of ours, in the output folder, sends the test reports there, has JaCoCo measure, and tells
 * which test runs; the project is not touched. It is written for Gradle 4 and newer, whose names for the same settings
 * differ. A daemon would outlive the run, so there is none.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JACOCO_VERSION } from './jacoco-version.js';
import { PROGRESS_VARIABLE } from './progress-reporter.js';
import { runnerNotFound } from './runner-not-found.js';
import type { TestRunner } from './test-runner.js';
import { succeeds } from './try-command.js';

export const gradleRunner: TestRunner = {
  name: 'gradle',
  async plan({ worktree, outputFolder, args = [] }) {
    const gradle = existsSync(join(worktree, 'gradlew')) ? './gradlew' : 'gradle';
    if (!(await succeeds([gradle, '--no-daemon', '--version'], worktree)))
      throw runnerNotFound(`${gradle} does not run, which the tests in ${worktree} need.`);
    const script = join(outputFolder, 'vishkar.init.gradle');
    const reports = join(outputFolder, 'reports');
    const progressPath = join(outputFolder, 'progress.jsonl');
    await writeFile(script, INIT_SCRIPT);
    return {
      // `--continue`: with a red module the others are tested, and the coverage is reported, all the same.
      argv: [
        gradle,
        '--no-daemon',
        '--console=plain',
        '--continue',
        '--init-script',
        script,
        ...(args.length === 0 ? ['test'] : args),
      ],
      environment: { VISHKAR_REPORTS: reports, [PROGRESS_VARIABLE]: progressPath },
      report: { format: 'junit', files: { folder: reports, pattern: /\/junit\/TEST-[^/]*\.xml$/ } },
      coverage: { format: 'jacoco', files: { folder: reports, pattern: /\/jacoco\.xml$/ } },
      progressPath,
      notes: [],
    };
  },
};

const INIT_SCRIPT = `import groovy.json.JsonOutput
import org.gradle.api.tasks.testing.Test
import org.gradle.testing.jacoco.tasks.JacocoReport

def folder = new File(System.getenv('VISHKAR_REPORTS'))
def progress = new File(System.getenv('${PROGRESS_VARIABLE}'))
def note = { kind, test ->
  synchronized (progress) { progress << JsonOutput.toJson([kind, test.className + '.' + test.name]) + '\\n' }
}
def send = { report, file ->
  if (report.hasProperty('outputLocation')) report.outputLocation.set(file) else report.destination = file
}
def turnOn = { report ->
  if (report.hasProperty('required')) report.required.set(true) else report.enabled = true
}

allprojects { project ->
  def place = { task -> new File(folder, (project.path + ':' + task.name).replaceAll('[^A-Za-z0-9]+', '_')) }
  project.plugins.withId('java') {
    def isOurs = !project.plugins.hasPlugin('jacoco')
    project.plugins.apply('jacoco')
    if (isOurs) project.jacoco.toolVersion = '${JACOCO_VERSION}'
    project.tasks.withType(Test) { task ->
      // What is up to date would not run, and a run is what is asked for.
      task.outputs.upToDateWhen { false }
      task.beforeTest { test -> note('start', test) }
      task.afterTest { test, result -> note('end', test) }
      task.finalizedBy(project.tasks.withType(JacocoReport))
    }
    project.afterEvaluate {
      project.tasks.withType(Test) { task -> turnOn(task.reports.junitXml); send(task.reports.junitXml, new File(place(task), 'junit')) }
      project.tasks.withType(JacocoReport) { task -> turnOn(task.reports.xml); send(task.reports.xml, new File(place(task), 'jacoco.xml')) }
    }
  }
}
`;
