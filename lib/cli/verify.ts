import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readEnvironment } from '#lib/config/environment.ts';
import { receiptOf, writeReceipt } from '#lib/verify/receipt/receipt.ts';
import { imageConfiguration, imageHelp, imageOptions, referencesOf } from './image-options.ts';
import { oneOf, UsageError } from './usage.ts';
import { verdictText } from './verdict-text.ts';
import { openVerification } from './verification.ts';

const help = `sealwatch verify IMAGE…: who signed these images, and does it hold

${imageHelp}\
  --receipt FILE                      write the verdict with all from which it follows (one image)

A platform image named as REPOSITORY:TAG@DIGEST is also looked for in the index behind the tag.
Exit: 0 every image is verified, 1 one is not, 2 wrong use, 3 one could not be checked.
`;

const options = { ...imageOptions, receipt: { type: 'string' } } as const;

const exitCodes = { verified: 0, untrusted: 1, invalid: 1, unsigned: 1, inconclusive: 3 } as const;

/** Verifies images by reference; a tag is resolved once. */
export async function run(parameters: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: parameters, options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const output = oneOf('-o', values.output, ['text', 'json']);
  const references = referencesOf(positionals);
  if (values.receipt !== undefined && references.length > 1)
    throw new UsageError('--receipt is about one image');
  const environment = readEnvironment();
  const configuration = imageConfiguration(values, environment, references);
  const verification = await openVerification(configuration, environment, (problem) =>
    process.stderr.write(`sealwatch: ${problem}\n`),
  );
  try {
    let worst = 0;
    for (const [index, reference] of references.entries()) {
      const text = positionals[index] ?? '';
      const { verdict, ...looked } = await verification.look(reference, text);
      process.stdout.write(
        output === 'json' ? `${JSON.stringify(verdict)}\n` : verdictText(text, verdict),
      );
      if (values.receipt !== undefined) {
        const { inheritedFrom: _, ...own } = verdict;
        const { material } = verification;
        const { answers = [] } = looked;
        const receipt = receiptOf({ ...looked, material, answers, verdict: own });
        await writeFile(values.receipt, writeReceipt(receipt));
      }
      worst = Math.max(worst, exitCodes[verdict.status]);
    }
    return worst;
  } finally {
    await verification.close();
  }
}
