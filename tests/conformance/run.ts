import { failuresOf, reportText, writeCounts } from './report.ts';
import { corporaFolder, runCases } from './run-cases.ts';

const folder = corporaFolder();
if (folder === undefined) {
  process.stdout.write(
    'SKIPPED: no cases here. Name the folder with INDEX.json in SEALWATCH_CORPORA.\n',
  );
} else {
  const report = await runCases(folder);
  process.stdout.write(`${reportText(report)}\n`);
  writeCounts(report);
  process.exitCode = failuresOf(report) > 0 ? 1 : 0;
}
