/**
 * A Vitest reporter that hands the totals to test.mjs as JSON (in the file named by VISHKAR_TEST_TOTALS): what
 * the text for people says, without parsing it. A file that cannot be loaded and an error that no test caught
 * count as failures too; else a run in which they happen could read "0 failed".
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from './run-command.mjs';

export default class TestTotalsReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const totals = { passed: 0, failed: 0, skipped: [], unhandled: unhandledErrors.length, files: [] };
    for (const module of modules) {
      const file = relative(root, module.moduleId);
      totals.files.push({ file, ms: module.diagnostic().duration });
      if (module.errors().length > 0) totals.failed += 1;
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) totals.failed += 1;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (state === 'passed') totals.passed += 1;
        else if (state === 'failed') totals.failed += 1;
        else totals.skipped.push({ file, title: test.fullName, ...(note && { note }) });
      }
    }
    totals.failed += totals.unhandled;
    writeFileSync(process.env.VISHKAR_TEST_TOTALS, JSON.stringify(totals));
  }
}
