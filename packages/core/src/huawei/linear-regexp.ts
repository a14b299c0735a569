/** Regular expressions from options, compiled with RE2. @module */
import { RE2JS, RE2JSSyntaxException } from 're2js'
import { check } from '../contract.ts'

/**
 * Compiles an expression with RE2, which runs in linear time, so no combination of expression and value can block the process
 * (SEC-96).
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const compileExpression = (
  where: string,
  expression: string,
  match: 'whole' | 'part',
): ((value: string) => boolean) => {
  try {
    const compiled = RE2JS.compile(expression)
    return match === 'whole' ? (value) => compiled.testExact(value) : (value) => compiled.test(value)
  } catch (cause) {
    const reason = cause instanceof RE2JSSyntaxException ? cause.getDescription() : 'it cannot be compiled'
    throw check.optionError(
      where,
      expression,
      `a regular expression that runs in linear time, without look-around and back-references (${reason})`,
    )
  }
}
