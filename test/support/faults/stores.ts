/** Stores that fail, hang or return invalid records. @module */
import type { Store } from '@custom-authorizer/core'
import { resultOf, permit } from '../fixture/authorizer.ts'
import { parsed } from '../fixture/faults.ts'
import { throwError } from '../failure-checks.ts'
import { SECRET } from './functions.ts'

const fail = (): never => {
  throw new Error(`redis://user:${SECRET}@cache is down`)
}
// oxlint-disable-next-line prefer-promise-reject-errors -- clients of databases do it
const rejectWithNothing = (): Promise<never> => Promise.reject(undefined)
const reject = async (): Promise<never> => fail()
const hang = (): Promise<never> => new Promise(() => undefined)
const silent: Store = { get: async () => undefined, set: async () => undefined, delete: async () => undefined }
const thenable = (then: unknown): never => Object.defineProperty({}, ['th', 'en'].join(''), { value: then }) as never

export interface StoreFault {
  readonly name: string
  readonly store: Store
  /** `get` never settles, so its deadline must pass before the function is called. */
  readonly hangs?: true
  /** Tested with two methods only: the asynchronous row with the same record is tested with all. */
  readonly brief?: true
}

const broken: readonly StoreFault[] = [
  { name: 'throws on get', store: { ...silent, get: fail } },
  { name: 'rejects on get', store: { ...silent, get: reject } },
  { name: 'rejects on get with undefined', store: { ...silent, get: rejectWithNothing } },
  { name: 'never settles get', store: { ...silent, get: hang }, hangs: true },
  { name: 'throws on set', store: { ...silent, set: fail } },
  { name: 'rejects on set', store: { ...silent, set: reject } },
  { name: 'never settles set', store: { ...silent, set: hang } },
  { name: 'throws in every method', store: { get: fail, set: fail, delete: fail } },
  { name: 'rejects in every method', store: { get: reject, set: reject, delete: reject } },
  {
    name: 'returns thenables that throw',
    store: { ...silent, get: () => thenable(throwError), set: () => thenable(throwError) },
  },
  {
    name: 'returns thenables that never settle',
    store: { ...silent, get: () => thenable(() => undefined) },
    hangs: true,
  },
  {
    name: 'returns thenables that reject and then resolve',
    store: {
      ...silent,
      get: () =>
        thenable((resolve: (value: unknown) => void, refuse: (fault: unknown) => void) => {
          refuse(new Error(SECRET))
          resolve(hit(AWS))
        }),
    },
  },
]

const AWS = { ...resultOf('mallory', permit('*')), context: { secret: SECRET } }
const NATIVE = { isAuthorized: true, principalId: 'mallory', context: { secret: SECRET } }
const issuedFor = { method: 'GET', path: '/echo' }
const hit = (result: unknown, members: object = {}): object => ({ stored: { result, issuedFor }, ageMs: 0, ...members })
const json = JSON.stringify(hit(AWS))

const many = hit({
  ...AWS,
  policyDocument: { Version: '2012-10-17', Statement: Array.from({ length: 100_000 }, () => permit('*')) },
})

/** Results of `get` that are not a valid record of the authorizer, each of which would allow every caller if it were used. */
const INVALID_RECORDS: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  true: () => true,
  'a number': () => 1,
  'JSON text': () => json,
  'a Buffer': () => Buffer.from(json),
  'an array': () => [hit(AWS), hit(NATIVE)],
  'an empty object': () => ({}),
  'the result alone': () => AWS,
  'the native result alone': () => NATIVE,
  'no stored result': () => ({ stored: undefined, ageMs: 0 }),
  'a stored string': () => ({ stored: JSON.stringify(AWS), ageMs: 0 }),
  'no issuedFor': () => ({ stored: { result: AWS }, ageMs: 0 }),
  'a malformed issuedFor': () => ({ stored: { result: NATIVE, issuedFor: { method: 1, path: 2 } }, ageMs: 0 }),
  'no age': () => ({ stored: { result: AWS, issuedFor } }),
  'an age as a string': () => hit(AWS, { ageMs: '0' }),
  'NaN as the age': () => hit(NATIVE, { ageMs: Number.NaN }),
  'a negative age': () => hit(AWS, { ageMs: -1 }),
  'an age beyond the TTL': () => hit(AWS, { ageMs: 300_001 }),
  'an infinite age': () => hit(NATIVE, { ageMs: Number.POSITIVE_INFINITY }),
  'isAuthorized as a string': () => hit({ ...NATIVE, isAuthorized: 'true' }),
  'a principal that is a number': () => hit({ ...NATIVE, principalId: 1 }),
  'a context that is a list': () => hit({ ...NATIVE, context: [SECRET] }),
  'a policy as a string': () => hit({ ...AWS, policyDocument: JSON.stringify(AWS.policyDocument) }),
  'no policy': () => hit({ principalId: 'mallory', context: {} }),
  'a policy with a misspelt Effect': () =>
    hit({ ...AWS, policyDocument: { Version: '2012-10-17', Statement: [{ ...permit('*'), Effect: 'Allow ' }] } }),
  'a policy of a megabyte': () =>
    hit({ ...AWS, policyDocument: { Version: '2012-10-17', Statement: [permit('*'.repeat(2 ** 20))] } }),
  'a hundred thousand statements': () => many,
  'an allow result with a response': () => hit({ ...NATIVE, response: { status: 200, headers: [], body: SECRET } }),
  'a prototype': () => parsed(`{"__proto__":${json},"ageMs":0}`),
  'a prototype in its result': () =>
    parsed(
      `{"stored":{"result":{"__proto__":${JSON.stringify(NATIVE)}},"issuedFor":{"method":"GET","path":"/"}},"ageMs":0}`,
    ),
  'a prototype in its context': () =>
    parsed(
      `{"stored":{"result":{"isAuthorized":true,"principalId":"m","policyDocument":{},"context":{"__proto__":{"isAdmin":true}}},"issuedFor":{"method":"GET","path":"/"}},"ageMs":0}`,
    ),
  'an inherited result': () => hit(Object.create(NATIVE)),
  'an object that throws on every access': () =>
    new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : throwError()) }),
  'a stored value that throws': () =>
    Object.defineProperty({ ageMs: 0 }, 'stored', { get: throwError, enumerable: true }),
  'a function': () => () => hit(NATIVE),
  'a symbol': () => Symbol('yes'),
}

const invalid = Object.entries(INVALID_RECORDS).flatMap(([name, give]): readonly StoreFault[] => [
  { name: `resolves get with ${name}`, store: { ...silent, get: async () => give() as undefined } },
  { name: `returns ${name} from get`, store: { ...silent, get: () => give() as undefined }, brief: true },
])

export const STORE_FAULTS: readonly StoreFault[] = [...broken, ...invalid]

/** For each contract, a valid record of another caller. */
export const recordOfAnotherCaller = { native: hit(NATIVE), 'aws.token': hit(AWS) }
