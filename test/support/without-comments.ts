/** Removes comments from source text, for checks of code. @module */

/** Removes comments, but not strings, templates or regular expressions that look like comments. */
export const withoutComments = (code: string): string => {
  const text = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/
  const expression =
    /(?<=[=(,:!&|?{};[]\s*|^\s*|=>\s*|return\s+)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/
  const comment = /\/\*[^]*?\*\/|\/\/[^\n]*/
  const token = new RegExp(`(${text.source}|${expression.source})|${comment.source}`, 'gm')
  return code.replaceAll(token, (_, literal: string | undefined) => literal ?? '')
}
