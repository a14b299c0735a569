/** Writes the report of `invoke` for people, in the order of the consoles' "Test authorizer". @module */
import type { CacheReport, IdentitySourceState } from '@custom-authorizer/core'
import { jsonText } from '../output/json.ts'
import { statementsText } from '../output/statements.ts'
import type { Style } from '../output/style.ts'
import { indented, printable, printableLines } from '../output/text.ts'
import type { EvaluationData, ResultData } from './data.ts'
import { failureText } from '../handler/failure.ts'

/** What is evaluated, for the first line. */
export interface ReportHead {
  readonly file: string
  readonly exportName: string
  readonly contract: string
  readonly method: string
  readonly path: string
}

const section = (title: string, text: string, { bold }: Style): string => `${bold(title)}\n${indented(text)}\n`

const resultText = (result: ResultData | undefined, timeoutMs: number): string => {
  if (result === undefined) return 'none: the function was not called'
  if (result.status === 'failed') return printable(failureText(result.error))
  if (result.status === 'timedOut') return `no result within ${timeoutMs} ms`
  return result.value === undefined ? 'nothing (undefined)' : jsonText(result.value)
}

const decisionText = ({ decision }: EvaluationData, { green, red }: Style): string =>
  decision.verdict === 'allow' ? green('allow') : `${red('deny')}: ${decision.reason}, status ${decision.status}`

const responseText = ({ response }: EvaluationData): string =>
  response === undefined
    ? 'that of the handler: the request continues'
    : [
        `HTTP ${response.status}`,
        ...response.headers.map(([name, value]) => printable(`${name}: ${value}`)),
        ...(response.body === '' ? [] : ['', printableLines(response.body)]),
      ].join('\n')

const contextText = ({ authorizer }: EvaluationData): string =>
  authorizer === undefined
    ? 'none: the request was denied'
    : jsonText({ principalId: authorizer.principalId, context: authorizer.context })

const milliseconds = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 0)} ms`

const CACHE: Readonly<Record<CacheReport['state'], string>> = {
  hit: 'hit',
  miss: 'miss: the function was called',
  shared: 'the call of another request',
  off: 'off: the function is called for each request',
  unused: 'not read',
}

const cacheText = ({ state, ageMs, issuedFor }: CacheReport): string => {
  if (state !== 'hit' || issuedFor === undefined) return CACHE[state]
  return `hit: ${milliseconds(ageMs ?? 0)} old, obtained for ${issuedFor.method} ${issuedFor.path}`
}

const STATES: Readonly<Record<IdentitySourceState['state'], string>> = {
  present: 'present',
  missing: 'missing or empty',
  repeated: 'sent more than once',
  tooLong: 'too long',
  notText: 'not text',
  mismatched: 'does not match its validation expression',
}

const explanationText = ({ explanation, cache, result }: EvaluationData, style: Style): string => {
  const { summary, identitySources, policy, problem, hint } = explanation
  const sources = identitySources.map(
    ({ location, name, state }) => `identity source ${location} ${printable(name)}: ${STATES[state]}`,
  )
  return [
    summary,
    ...sources,
    `cache: ${cacheText(cache)}`,
    ...(policy?.methodArn === undefined ? [] : [`policy for ${printable(policy.methodArn)}`]),
    ...(policy === undefined ? [] : [indented(statementsText(policy, style))]),
    // The result shows the whole error.
    ...(problem === undefined || result?.status === 'failed' ? [] : [`problem: ${printable(problem)}`]),
    ...(hint === undefined ? [] : [`hint: ${printable(hint)}`]),
  ].join('\n')
}

const evaluationText = (data: EvaluationData, timeoutMs: number, style: Style): string =>
  [
    section('Event', 'event' in data ? jsonText(data.event) : 'none: the function was not called', style),
    section('Result', resultText(data.result, timeoutMs), style),
    section('Decision', decisionText(data, style), style),
    section('Response', responseText(data), style),
    section('Context', contextText(data), style),
    section('Duration', milliseconds(data.durationMs), style),
    section('Explanation', explanationText(data, style), style),
  ].join('\n')

/** Evaluations after the first, one line each. */
const furtherText = (all: readonly EvaluationData[], style: Style): string =>
  all
    .map((each, index) => {
      const columns = [
        `${index + 1}.`.padEnd(4),
        each.decision.verdict.padEnd(5),
        milliseconds(each.durationMs).padStart(9),
      ]
      const reason = each.decision.verdict === 'allow' ? '' : `${each.decision.reason}, `
      return `${columns.join(' ')}  ${reason}cache ${cacheText(each.cache)}`
    })
    .map((line) => style.dim(line))
    .join('\n')

/** @param timeoutMs the deadline of a call, for its message */
export const reportText = (
  { file, exportName, contract, method, path }: ReportHead,
  all: readonly EvaluationData[],
  notes: readonly string[],
  { timeoutMs, style }: { readonly timeoutMs: number; readonly style: Style },
): string => {
  const [first] = all
  const head = `${printable(`${file}#${exportName}`)} as ${contract}, ${printable(`${method} ${path}`)}\n`
  return [
    head,
    ...(first === undefined ? [] : [evaluationText(first, timeoutMs, style)]),
    ...(all.length > 1 ? [section('All calls', furtherText(all, style), style)] : []),
    ...(notes.length > 0 ? [section('Notes', notes.map(printable).join('\n'), style)] : []),
  ].join('\n')
}
