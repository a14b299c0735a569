/** Tests for stores of results. @module */
import type { Store, StoredResult, StoreHit } from '../../index.ts'
import { assertEqual, assertThat, suiteOf, type SuiteTest } from './suite.ts'

/** A store, and how to let time pass for it. */
export interface StoreSubject {
  readonly store: Store
  /** Lets time pass for the store: by its clock, or by waiting. */
  readonly advance: (ms: number) => void | Promise<void>
}

const resultOf = (principalId: string): StoredResult => ({
  result: { principalId, context: { text: 'é\u{1f600}', list: [1, null], own: { ['__proto__']: 'kept' } } },
  issuedFor: { method: 'GET', path: '/pets' },
})

const principalOf = async (store: Store, scope: string, key: string): Promise<string | undefined> =>
  (await store.get(scope, key))?.stored.result.principalId

const filled = async ({ store }: StoreSubject): Promise<Store> => {
  await store.set('a', 'key-1', resultOf('ann'), 60)
  await store.set('a', 'key-2', resultOf('bob'), 60)
  await store.set('a', 'other', resultOf('ann'), 60)
  await store.set('b', 'key-1', resultOf('ann'), 60)
  return store
}

const left = async (store: Store): Promise<readonly (string | undefined)[]> =>
  Promise.all(['key-1', 'key-2', 'other'].map((key) => principalOf(store, 'a', key)))

const TESTS: Readonly<Record<string, (subject: StoreSubject) => Promise<void>>> = {
  'a result is read as it was stored': async ({ store }) => {
    await store.set('a', 'key', resultOf('ann'), 60)
    const hit: StoreHit | undefined = await store.get('a', 'key')
    assertEqual(hit?.stored, resultOf('ann'), 'the stored result')
    assertThat(hit !== undefined && hit.ageMs >= 0 && hit.ageMs <= 60_000, 'ageMs is between 0 and the lifetime')
  },
  'an unknown key is a miss': async ({ store }) => {
    assertEqual(await principalOf(store, 'a', 'unknown'), undefined, 'an unknown key')
  },
  'scopes and keys are separate': async ({ store }) => {
    await store.set('a', 'bc', resultOf('ann'), 60)
    assertEqual(await principalOf(store, 'ab', 'c'), undefined, 'another scope')
    assertEqual(await principalOf(store, 'b', 'bc'), undefined, 'another scope')
  },
  'a later result replaces an earlier one': async ({ store }) => {
    await store.set('a', 'key', resultOf('ann'), 60)
    await store.set('a', 'key', resultOf('bob'), 60)
    assertEqual(await principalOf(store, 'a', 'key'), 'bob', 'the later result')
  },
  'a result is not read after its lifetime': async ({ store, advance }) => {
    await store.set('a', 'key', resultOf('ann'), 0.2)
    await advance(250)
    assertEqual(await principalOf(store, 'a', 'key'), undefined, 'a result after its lifetime')
  },
  'delete removes all entries of a scope': async (subject) => {
    const store = await filled(subject)
    await store.delete('a', { by: 'all' })
    assertEqual(await left(store), [null, null, null], 'entries of the scope')
    assertEqual(await principalOf(store, 'b', 'key-1'), 'ann', 'the entry of another scope')
  },
  'delete removes one key': async (subject) => {
    const store = await filled(subject)
    await store.delete('a', { by: 'key', key: 'key-1' })
    assertEqual(await left(store), [null, 'bob', 'ann'], 'entries of the scope')
  },
  'delete removes the keys with a prefix': async (subject) => {
    const store = await filled(subject)
    await store.delete('a', { by: 'prefix', prefix: 'key-' })
    assertEqual(await left(store), [null, null, 'ann'], 'entries of the scope')
  },
  'delete removes the results of a principal': async (subject) => {
    const store = await filled(subject)
    await store.delete('a', { by: 'principalId', principalId: 'ann' })
    assertEqual(await left(store), [null, 'bob', null], 'entries of the scope')
    assertEqual(await principalOf(store, 'b', 'key-1'), 'ann', 'the entry of another scope')
  },
}

/**
 * Tests for a {@link Store}, for any test runner.
 *
 * @param create builds an empty store for one test
 * @example
 * for (const { title, run } of storeSuite(() => ({ store: new MyStore(), advance }))) test(title, run)
 */
export const storeSuite: (create: () => StoreSubject | Promise<StoreSubject>) => readonly SuiteTest[] = suiteOf(TESTS)
