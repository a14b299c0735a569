/** Tests for what a contract reads and decides. @module */
import type { AuthorizerResult } from '../index.ts'
import { check, JsonProblem, type Parsed, type Settled, systemClock, toJson } from '../contract.ts'
import {
  accept,
  assertWithout,
  type ContractSubject,
  type ContractTest,
  variantsOf,
  withoutThrowing,
} from './contract-subject.ts'
import { testRequest } from './request.ts'
import { assertEqual, assertThat } from './suite.ts'

const SECRET = 'secret-value-of-a-test'

/** Objects that no contract understands. Each call builds new ones. */
const meaningless = (): readonly unknown[] => [
  undefined,
  null,
  0,
  Number.NaN,
  1n,
  '',
  SECRET,
  Symbol('test'),
  [],
  [SECRET],
  {},
  { [SECRET]: SECRET },
  { principalId: 1 },
  { principalId: SECRET },
  { principalId: SECRET, context: SECRET },
  { context: {} },
  new Date(0),
  new Map([[SECRET, SECRET]]),
  () => SECRET,
  new Proxy(
    {},
    {
      get: () => {
        throw new Error(SECRET)
      },
      ownKeys: () => {
        throw new Error(SECRET)
      },
    },
  ),
]

const failures = (): readonly Settled[] => [
  { status: 'timedOut' },
  ...[new Error(SECRET), new TypeError(SECRET), ...meaningless()].map((error): Settled => ({
    status: 'failed',
    error,
  })),
]

/** Copies of a value in which one member has another value, at most three levels deep. */
const damaged = (value: unknown, depth = 3): readonly unknown[] => {
  if (typeof value !== 'object' || value === null || depth === 0) return []
  const entries = Object.entries(value)
  const copyWith = (name: string, member: unknown): unknown =>
    Array.isArray(value) ? Object.assign([...value], { [name]: member }) : { ...value, [name]: member }
  return entries.flatMap(([name, member]) => [
    ...[SECRET, { [SECRET]: SECRET }, [SECRET], null, undefined, Number.NaN, () => SECRET].map((each) =>
      copyWith(name, each),
    ),
    ...damaged(member, depth - 1).map((each) => copyWith(name, each)),
  ])
}

const isForm = (result: unknown): boolean =>
  check.isRecord(result) && typeof result['principalId'] === 'string' && check.isRecord(result['context'])

const parse = ({ contract }: ContractSubject, settled: Settled): Parsed<AuthorizerResult> =>
  withoutThrowing(() => contract.parseResult(settled), 'parseResult')

const isAllowed = (subject: ContractSubject, result: AuthorizerResult): boolean =>
  subject.contract.decide(result, testRequest(subject.request), systemClock).allowed

const verdictsOf = (subject: ContractSubject, result: AuthorizerResult): readonly unknown[] =>
  [testRequest(subject.request), ...variantsOf(subject)].map((request) =>
    subject.contract.decide(result, request, systemClock),
  )

/** Tests of `parseResult`, `decide` and `reviveResult`. */
export const RESULT_TESTS: Readonly<Record<string, ContractTest>> = {
  'a result is plain JSON with a principal ID and a context': async (subject) => {
    const { result } = await accept(subject)
    assertThat(isForm(result), 'the result has a principalId and a context')
    assertThat(!(toJson(result, 'result') instanceof JsonProblem), 'the result is plain JSON')
  },
  'a failed call never allows, except as a fallback that is reported': async (subject) => {
    for (const settled of failures()) {
      const parsed = parse(subject, settled)
      assertThat(
        !parsed.accepted || typeof parsed.fallbackFor === 'string',
        `a call that ${settled.status} is rejected`,
      )
    }
  },
  'a meaningless result never allows': async (subject) => {
    for (const value of meaningless()) {
      const parsed = parse(subject, { status: 'returned', value })
      if (!parsed.accepted || typeof parsed.fallbackFor === 'string') continue
      assertThat(isForm(parsed.result), 'an accepted result has a principalId and a context')
      assertThat(!isAllowed(subject, parsed.result), `a result that is ${check.describe(value)} does not allow`)
    }
  },
  'a damaged result is rejected, or read without an exception': async (subject) => {
    const { returned } = await accept(subject)
    for (const value of damaged(returned)) {
      const parsed = parse(subject, { status: 'returned', value })
      assertThat(!parsed.accepted || isForm(parsed.result), 'an accepted result has a principalId and a context')
    }
  },
  'problems, hints and notes contain no value': async (subject) => {
    const { returned } = await accept(subject)
    const values = [...meaningless(), ...damaged(returned)]
    for (const settled of [...failures(), ...values.map((value): Settled => ({ status: 'returned', value }))]) {
      const parsed = parse(subject, settled)
      const texts = parsed.accepted ? [parsed.fallbackFor, parsed.notes] : [parsed.problem, parsed.hint]
      assertWithout(texts, [SECRET], 'problem, hint, notes and fallbackFor contain no value of a result or an error')
    }
  },
  'decide is pure': async (subject) => {
    const { result } = await accept(subject)
    const before = JSON.stringify(result)
    const first = verdictsOf(subject, result)
    assertEqual(verdictsOf(subject, result), first, 'verdicts when decide is called again')
    assertEqual([...verdictsOf(subject, result)].toReversed(), [...first].toReversed(), 'verdicts of a third call')
    assertThat(JSON.stringify(result) === before, 'decide does not change the result')
  },
  'decide does not depend on other results': async (subject, create) => {
    const { result } = await accept(subject)
    const first = verdictsOf(subject, result)
    const other = subject.deny === undefined ? undefined : await acceptOf({ ...(await create()), allow: subject.deny })
    if (other !== undefined) verdictsOf(subject, other)
    assertEqual(verdictsOf(subject, result), first, 'verdicts after those of another result')
  },
  'a result survives a shared store': async (subject) => {
    const { contract } = subject
    const { result } = await accept(subject)
    if (contract.reviveResult === undefined) return
    const stored: unknown = JSON.parse(JSON.stringify(result))
    const revived = withoutThrowing(() => contract.reviveResult?.(stored), 'reviveResult')
    assertEqual(revived, result, 'the revived result')
    if (revived !== undefined) assertEqual(verdictsOf(subject, revived), verdictsOf(subject, result), 'its verdicts')
  },
  'what is not a result is not revived': async (subject) => {
    const { contract } = subject
    const { result } = await accept(subject)
    for (const stored of [...meaningless(), ...damaged(result)]) {
      const revived: unknown = withoutThrowing(() => contract.reviveResult?.(stored), 'reviveResult')
      assertThat(revived === undefined || isForm(revived), 'a revived result has a principalId and a context')
    }
    for (const name of ['principalId', 'context']) {
      const { [name]: _removed, ...rest } = result as unknown as Record<string, unknown>
      assertThat(contract.reviveResult?.(rest) === undefined, `a stored result without ${name} is not revived`)
    }
  },
}

/** The result of a function, or `undefined` if the contract does not accept it. */
const acceptOf = async (subject: ContractSubject): Promise<AuthorizerResult | undefined> => {
  try {
    return (await accept(subject)).result
  } catch {
    return undefined
  }
}
