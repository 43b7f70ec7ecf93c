/** Rego without comments, outer white space and empty lines; what stands within quotes stays. */
export const withoutComments = (rego: string): string =>
  rego
    .split('\n')
    .map((line) => codeOf(line).replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');

function codeOf(line: string): string {
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote === '' && character === '#') return line.slice(0, at);
    if (quote === '' && (character === '"' || character === '`')) quote = character;
    else if (quote === '"' && character === '\\') at += 1;
    else if (character === quote) quote = '';
  }
  return line;
}
