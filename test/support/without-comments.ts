/** Source text without its comments, for checks that look for code. @module */

/** Takes comments out, and nothing that only looks like one: text, templates and regular expressions stay. */
export const withoutComments = (code: string): string => {
  const text = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/
  const expression =
    /(?<=[=(,:!&|?{};[]\s*|^\s*|=>\s*|return\s+)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/
  const comment = /\/\*[^]*?\*\/|\/\/[^\n]*/
  const token = new RegExp(`(${text.source}|${expression.source})|${comment.source}`, 'gm')
  return code.replaceAll(token, (_, kept: string | undefined) => kept ?? '')
}
