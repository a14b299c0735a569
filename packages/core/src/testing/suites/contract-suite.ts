/** Tests for contracts. @module */
import { check, DENIALS } from '../../contract.ts'
import { DENIAL_TESTS } from './contract-denials.ts'
import { RESULT_TESTS } from './contract-results.ts'
import {
  assertWithout,
  type ContractSubject,
  type ContractTest,
  credentialsOf,
  observe,
  variantsOf,
  withoutThrowing,
} from './contract-subject.ts'
import { testRequest } from '../request.ts'
import { assertThat, canonical, suiteOf, type SuiteTest } from './suite.ts'

/** Sources that the client fills, and without which a request has no identity. */
const CREDENTIALS: ReadonlySet<string> = new Set(['header', 'querystring', 'cookie', 'subprotocol', 'function'])

const REQUEST_TESTS: Readonly<Record<string, ContractTest>> = {
  'the same options have the same fingerprint': async ({ contract }, create) => {
    assertThat(typeof contract.fingerprint === 'string', 'the fingerprint is a string')
    assertThat((await create()).contract.fingerprint === contract.fingerprint, 'a second contract has the same one')
  },
  'the fingerprint contains no secret': async ({ contract, secrets = [] }) => {
    assertWithout(contract.fingerprint, secrets, 'the fingerprint contains no secret')
  },
  'an identity source has one value for a request': async ({ contract, request }) => {
    const one = testRequest(request)
    for (const source of contract.identitySources) {
      const name = `${source.location} ${source.name}`
      const value = withoutThrowing(() => source.read(one), name)
      assertThat(typeof value === 'string' && value !== '', `the request has the identity source ${name}`)
      for (const same of [one, testRequest(request)])
        assertThat(source.read(same) === value, `${name} has the same value each time`)
      withoutThrowing(() => source.read(testRequest()), name)
    }
  },
  'the function that allows lets the request pass': async (subject) => {
    const { outcome, isCalled } = await observe(subject, subject.allow, testRequest(subject.request))
    assertThat(isCalled, 'the function is called')
    assertThat(outcome.allowed, `the request is allowed${outcome.allowed ? '' : ` (${outcome.reason})`}`)
    if (outcome.allowed) assertThat(check.isRecord(outcome.authorizer.context), 'the context is an object')
  },
  'the function that denies does not let the request pass': async (subject) => {
    if (subject.deny === undefined) return
    const { outcome } = await observe(subject, subject.deny, testRequest(subject.request))
    assertThat(!outcome.allowed, 'the request is denied')
    if (!outcome.allowed)
      assertThat(
        outcome.type === 'ACCESS_DENIED' || outcome.type === 'UNAUTHORIZED',
        `it is a denial (${outcome.reason})`,
      )
  },
  'a function that fails does not let the request pass': async (subject) => {
    const { outcome, calls } = await observe(
      subject,
      async () => {
        throw new Error('failed')
      },
      testRequest(subject.request),
    )
    const [call] = calls
    const isFallback = call?.parsed?.accepted === true && call.parsed.fallbackFor !== undefined
    assertThat(!outcome.allowed || isFallback, 'the request is denied')
  },
  'a request without a credential is denied before the function is called': async (subject) => {
    const { contract, allow, request } = subject
    if (!contract.identitySources.some(({ location, name }) => CREDENTIALS.has(location) && !/^host$/i.test(name)))
      return
    const { method, path = '/', sourceIp, host } = request
    const [bare = '/'] = path.split('?')
    const sent = { ...(method && { method }), ...(sourceIp && { sourceIp }), ...(host && { host }), path: bare }
    const { outcome, isCalled } = await observe(subject, allow, testRequest(sent))
    assertThat(!outcome.allowed && !isCalled, 'the request is denied, and the function is not called')
    if (!outcome.allowed)
      assertThat(outcome.response.status >= 400 && outcome.response.status < 500, 'the status is from 400 to 499')
  },
  'no well-formed request makes the contract fail': async (subject) => {
    for (const request of variantsOf(subject)) {
      const { outcome } = await observe(subject, subject.allow, request)
      assertThat(
        outcome.allowed || outcome.reason !== 'INTERNAL_ERROR',
        `${request.method} ${request.path} does not make the contract fail`,
      )
      const rejected = subject.contract.precheck?.(request)
      assertThat(rejected === undefined || Object.hasOwn(DENIALS, rejected), 'precheck returns a reason, or nothing')
    }
  },
  'parts of the cache key are the same for the same request': async ({ contract, request }) => {
    if (contract.extraKeyParts === undefined) return
    const parts = contract.extraKeyParts(testRequest(request))
    assertThat(Array.isArray(parts) && parts.every((each) => typeof each === 'string'), 'extraKeyParts returns texts')
    // Without the parts in the message: a query may contain a credential.
    const again = canonical(contract.extraKeyParts(testRequest(request)))
    assertThat(again === canonical(parts), 'extraKeyParts returns the same for the same request')
  },
  'warnings contain no secret and no credential': async (subject) => {
    const { contract, secrets = [], request } = subject
    const values = [...secrets, ...credentialsOf(subject, testRequest(request))]
    assertWithout(contract.warnings ?? [], values, 'warnings contain no secret')
  },
}

/**
 * Tests for a contract, for any test runner.
 *
 * @param create builds the contract, with the same options each time
 * @example
 * for (const { title, run } of contractSuite(() => ({ contract: internal(), request, allow, deny }))) test(title, run)
 */
export const contractSuite: (create: () => ContractSubject | Promise<ContractSubject>) => readonly SuiteTest[] =
  suiteOf<ContractSubject>({ ...REQUEST_TESTS, ...RESULT_TESTS, ...DENIAL_TESTS })
