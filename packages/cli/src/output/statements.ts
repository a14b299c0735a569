/** Writes how the statements of a policy were evaluated. @module */
import type { PolicyExplanation, StatementExplanation } from '@custom-authorizer/core'
import type { Style } from './style.ts'
import { indented, printable, printableLines } from './text.ts'

/** Why a statement does not apply, by the part that differs. */
const FAILED: Readonly<Record<NonNullable<StatementExplanation['failed']>, string>> = {
  action: 'the action differs',
  resource: 'the resource differs',
  condition: 'a condition is not met',
}

/** Further lines for one statement. */
export type StatementDetails = (statement: StatementExplanation) => readonly string[]

const statementText = (each: StatementExplanation, { green, red, dim }: Style, details: StatementDetails): string => {
  const { index, sid, effect, matched, failed, condition, resource } = each
  const name = `statement ${index} (${effect}${sid === undefined ? '' : `, ${printable(sid)}`})`
  if (matched) return `${(effect === 'Allow' ? green : red)('matches')}         ${name}`
  const why = failed === undefined ? '' : `: ${FAILED[failed]}`
  const lines = [`${dim('does not match')}  ${name}${why}${condition === undefined ? '' : `: ${printable(condition)}`}`]
  if (resource !== undefined) lines.push(indented(printableLines(resource.text), '    '))
  return [...lines, ...details(each).map((line) => `    ${line}`)].join('\n')
}

/** One line per statement, with what differs below it. */
export const statementsText = (
  { statements }: PolicyExplanation,
  style: Style,
  details: StatementDetails = () => [],
): string => statements.map((each) => statementText(each, style, details)).join('\n')
