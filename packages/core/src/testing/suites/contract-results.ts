/** Tests for what a contract reads and decides. @module */
import type { AuthorizerResult } from '../../index.ts'
import { check, JsonProblem, type Parsed, type Settled, systemClock, toJson } from '../../contract.ts'
import {
  accept,
  assertWithout,
  type ContractSubject,
  type ContractTest,
  observe,
  variantsOf,
  withoutThrowing,
} from './contract-subject.ts'
import { testRequest } from '../request.ts'
import { assertEqual, assertThat } from './suite.ts'

const SECRET = 'secret-value-of-a-test'
/** Problems may show names of members. */
const NAME = 'name-of-a-test'

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
  { [NAME]: SECRET },
  { principalId: 1 },
  { principalId: SECRET },
  { principalId: SECRET, context: SECRET },
  { context: {} },
  new Date(0),
  new Map([[NAME, SECRET]]),
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

const copyWith = (value: object, name: string, member: unknown): unknown =>
  Array.isArray(value) ? value.with(Number(name), member) : { ...value, [name]: member }

const WRONG: readonly unknown[] = [SECRET, { [NAME]: SECRET }, [SECRET], null, undefined, Number.NaN, () => SECRET]

/** Copies of a value in which one member has another value, at most three levels deep. */
const damaged = (value: unknown, depth: number = 3): readonly unknown[] => {
  if (typeof value !== 'object' || value === null || depth === 0) return []
  return Object.entries(value).flatMap(([name, member]) =>
    [...WRONG, ...damaged(member, depth - 1)].map((each) => copyWith(value, name, each)),
  )
}

/** A value as a shared store returns it; nothing if it cannot be stored. */
const throughStore = (value: unknown): readonly unknown[] => {
  try {
    return [JSON.parse(JSON.stringify(value))]
  } catch {
    return []
  }
}

const isForm = (result: unknown): boolean =>
  check.isRecord(result) && typeof result['principalId'] === 'string' && check.isRecord(result['context'])

const parse = ({ contract }: ContractSubject, settled: Settled): Parsed<AuthorizerResult> =>
  withoutThrowing(() => contract.parseResult(settled), 'parseResult')

/** Reads what a function returns, as the contract calls it. */
const parseReturned = async (subject: ContractSubject, value: unknown): Promise<Parsed<AuthorizerResult>> => {
  const { calls } = await observe(subject, async () => value, testRequest(subject.request))
  const [call] = calls
  if (call === undefined) throw new Error('the function is called, and its result is read')
  if (call.parsed === undefined) throw new Error('parseResult does not throw')
  return call.parsed
}

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
      const parsed = await parseReturned(subject, value)
      if (!parsed.accepted || typeof parsed.fallbackFor === 'string') continue
      assertThat(isForm(parsed.result), 'an accepted result has a principalId and a context')
      assertThat(!isAllowed(subject, parsed.result), `a result that is ${check.describe(value)} does not allow`)
    }
  },
  'a damaged result is rejected, or read without an exception': async (subject) => {
    const { returned } = await accept(subject)
    for (const value of damaged(returned)) {
      const parsed = await parseReturned(subject, value)
      assertThat(!parsed.accepted || isForm(parsed.result), 'an accepted result has a principalId and a context')
    }
  },
  'problems, hints and notes contain no value': async (subject) => {
    const { returned } = await accept(subject)
    const all = failures().map((settled) => parse(subject, settled))
    for (const value of [...meaningless(), ...damaged(returned)]) all.push(await parseReturned(subject, value))
    for (const parsed of all) {
      const texts = parsed.accepted ? [parsed.fallbackFor, parsed.notes] : [parsed.problem, parsed.hint]
      assertWithout(texts, [SECRET], 'problem, hint, notes and fallbackFor contain no value of a result or an error')
    }
  },
  'decide is pure': async (subject) => {
    const { result } = await accept(subject)
    const before = JSON.stringify(result)
    const first = verdictsOf(subject, result)
    assertEqual(verdictsOf(subject, result), first, 'verdicts when decide is called again')
    const twice = [isAllowed(subject, result), isAllowed(subject, result)]
    assertThat(twice[0] === twice[1], 'the verdict of the next call is the same')
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
    for (const stored of [...meaningless(), ...damaged(result)].flatMap(throughStore)) {
      const revived: unknown = withoutThrowing(() => contract.reviveResult?.(stored), 'reviveResult')
      assertThat(revived === undefined || isForm(revived), 'a revived result has a principalId and a context')
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
