/** Stands before the name of a field that is selected optionally. */
export const optionalMark = '__optional__';

const outside =
  /("""[\s\S]*?"""|'''[\s\S]*?'''|[rR]"[^"\n]*"|[rR]'[^'\n]*'|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\.\?(?=\s*[A-Za-z_])\s*/g;

/**
 * Writes `a.?b` as a selection of a marked field, since the parser knows no optional selection. Texts
 * in quotes stay as they are.
 * @see https://pkg.go.dev/github.com/google/cel-go/cel#OptionalTypes
 */
export const markOptionals = (expression: string): string =>
  expression.includes('.?')
    ? expression.replaceAll(outside, (match, quoted: string | undefined) =>
        quoted === undefined ? `.${optionalMark}` : match,
      )
    : expression;
