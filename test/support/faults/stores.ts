/** Stores that fail, hang and lie. @module */
import type { Store } from '@custom-authorizer/core'
import { answer, permit } from '../fixture/authorizer.ts'
import { parsed } from '../fixture/faults.ts'
import { boom } from '../refusal.ts'
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
  /** `get` gives no answer, so that its deadline has to pass before the function is called. */
  readonly hangs?: true
  /** Tried with two methods only: the same answer is given in a promise with all of them. */
  readonly brief?: true
}

const broken: readonly StoreFault[] = [
  { name: 'throws on get', store: { ...silent, get: fail } },
  { name: 'rejects on get', store: { ...silent, get: reject } },
  { name: 'rejects on get with nothing', store: { ...silent, get: rejectWithNothing } },
  { name: 'never answers get', store: { ...silent, get: hang }, hangs: true },
  { name: 'throws on set', store: { ...silent, set: fail } },
  { name: 'rejects on set', store: { ...silent, set: reject } },
  { name: 'never ends set', store: { ...silent, set: hang } },
  { name: 'throws at everything', store: { get: fail, set: fail, delete: fail } },
  { name: 'rejects everything', store: { get: reject, set: reject, delete: reject } },
  { name: 'gives thenables that throw', store: { ...silent, get: () => thenable(boom), set: () => thenable(boom) } },
  {
    name: 'gives thenables that never settle',
    store: { ...silent, get: () => thenable(() => undefined) },
    hangs: true,
  },
  {
    name: 'gives thenables that fail and then answer',
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

const AWS = { ...answer('mallory', permit('*')), context: { secret: SECRET } }
const NATIVE = { isAuthorized: true, principalId: 'mallory', context: { secret: SECRET } }
const issuedFor = { method: 'GET', path: '/echo' }
const hit = (result: unknown, members: object = {}): object => ({ stored: { result, issuedFor }, ageMs: 0, ...members })
const json = JSON.stringify(hit(AWS))

const many = hit({
  ...AWS,
  policyDocument: { Version: '2012-10-17', Statement: Array.from({ length: 100_000 }, () => permit('*')) },
})

/** Answers of `get` that are no record of the authorizer that asks, each of which would let everybody in. */
const LIES: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  true: () => true,
  'a number': () => 1,
  'a text': () => json,
  'a Buffer': () => Buffer.from(json),
  'an array': () => [hit(AWS), hit(NATIVE)],
  'an empty object': () => ({}),
  'the result alone': () => AWS,
  'the native result alone': () => NATIVE,
  'nothing stored': () => ({ stored: undefined, ageMs: 0 }),
  'a stored text': () => ({ stored: JSON.stringify(AWS), ageMs: 0 }),
  'no request that it was issued for': () => ({ stored: { result: AWS }, ageMs: 0 }),
  'a request that is none': () => ({ stored: { result: NATIVE, issuedFor: { method: 1, path: 2 } }, ageMs: 0 }),
  'no age': () => ({ stored: { result: AWS, issuedFor } }),
  'an age in letters': () => hit(AWS, { ageMs: '0' }),
  'an age that is no number': () => hit(NATIVE, { ageMs: Number.NaN }),
  'an age before its birth': () => hit(AWS, { ageMs: -1 }),
  'an age beyond its lifetime': () => hit(AWS, { ageMs: 300_001 }),
  'an endless age': () => hit(NATIVE, { ageMs: Number.POSITIVE_INFINITY }),
  'a yes in letters': () => hit({ ...NATIVE, isAuthorized: 'true' }),
  'a principal that is a number': () => hit({ ...NATIVE, principalId: 1 }),
  'a context that is a list': () => hit({ ...NATIVE, context: [SECRET] }),
  'a policy in letters': () => hit({ ...AWS, policyDocument: JSON.stringify(AWS.policyDocument) }),
  'no policy': () => hit({ principalId: 'mallory', context: {} }),
  'a policy with a misspelt Effect': () =>
    hit({ ...AWS, policyDocument: { Version: '2012-10-17', Statement: [{ ...permit('*'), Effect: 'Allow ' }] } }),
  'a policy of a megabyte': () =>
    hit({ ...AWS, policyDocument: { Version: '2012-10-17', Statement: [permit('*'.repeat(2 ** 20))] } }),
  'a hundred thousand statements': () => many,
  'an answer of its own with an allowance': () =>
    hit({ ...NATIVE, response: { status: 200, headers: [], body: SECRET } }),
  'a prototype': () => parsed(`{"__proto__":${json},"ageMs":0}`),
  'a prototype in its result': () =>
    parsed(
      `{"stored":{"result":{"__proto__":${JSON.stringify(NATIVE)}},"issuedFor":{"method":"GET","path":"/"}},"ageMs":0}`,
    ),
  'a prototype in its context': () =>
    parsed(
      `{"stored":{"result":{"isAuthorized":true,"principalId":"m","policyDocument":{},"context":{"__proto__":{"isAdmin":true}}},"issuedFor":{"method":"GET","path":"/"}},"ageMs":0}`,
    ),
  'a result by inheritance': () => hit(Object.create(NATIVE)),
  'an object that throws at every touch': () =>
    new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : boom()) }),
  'a stored value that throws': () => Object.defineProperty({ ageMs: 0 }, 'stored', { get: boom, enumerable: true }),
  'a function': () => () => hit(NATIVE),
  'a symbol': () => Symbol('yes'),
}

const lying = Object.entries(LIES).flatMap(([name, give]): readonly StoreFault[] => [
  { name: `answers get with ${name}`, store: { ...silent, get: async () => give() as undefined } },
  { name: `answers get at once with ${name}`, store: { ...silent, get: () => give() as undefined }, brief: true },
])

export const STORE_FAULTS: readonly StoreFault[] = [...broken, ...lying]

/** A record that is well-formed, for either contract, of somebody else. */
export const somebodyElse = { native: hit(NATIVE), 'aws.token': hit(AWS) }
