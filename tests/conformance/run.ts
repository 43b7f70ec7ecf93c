import { corporaFolder, falselyVerified, outcomeTable, runCases } from './run-cases.ts';

const folder = corporaFolder();
if (folder === undefined) {
  process.stdout.write(
    'SKIPPED: no cases here. Name the folder with INDEX.json in SEALWATCH_CORPORA.\n',
  );
} else {
  const outcomes = await runCases(folder);
  process.stdout.write(`${outcomeTable(outcomes)}\n`);
  const disagreed = outcomes.filter(({ result }) => result === 'disagreed');
  const wrong = falselyVerified(outcomes);
  process.stdout.write(
    `\n${outcomes.length} cases, ${disagreed.length} disagreed, ${wrong.length} falsely verified\n`,
  );
  process.exitCode = disagreed.length + wrong.length > 0 ? 1 : 0;
}
