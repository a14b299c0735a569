/** Tests for stores that share results and invalidations. @module */
import type { SharedResults, SharedSelector, SharedStore, SharedValue } from '../../index.ts'
import { assertEqual, assertThat, suiteOf, type SuiteTest } from './suite.ts'

/** Two stores as two processes have them, on the same empty server. */
export interface SharedStoreSubject {
  readonly stores: readonly [SharedStore, SharedStore]
  /** Lets the time pass after which an invalidation holds in every process. */
  readonly settle: () => void | Promise<void>
}

const open = async (store: SharedStore, name = 'pets'): Promise<SharedResults> => {
  const results = store.open({ name, report: () => undefined })
  assertEqual(await results.usable(), 'all', 'usable results of a store that works')
  return results
}

const put = async (results: SharedResults, key: string, text = '{"principal":"é"}'): Promise<void> =>
  results.set(key, { text, mark: results.mark, ageMs: 0, ttlMs: 60_000 })

const TAGS = ['digest', 'ann'] as const

const isInvalidated = async (results: SharedResults, { mark }: Pick<SharedValue, 'mark'>): Promise<boolean> => {
  assertEqual(await results.usable(), 'all', 'usable results')
  return results.isInvalidated(mark, () => results.tagsOf(...TAGS))
}

/** Whether a result of the first process is invalid in both, after the first process has invalidated something. */
const afterInvalidation = async (
  { stores, settle }: SharedStoreSubject,
  selector: SharedSelector,
  name = 'pets',
): Promise<readonly boolean[]> => {
  const [one, other] = [await open(stores[0]), await open(stores[1])]
  const results = [one, other]
  const marks = results.map(({ mark }) => mark)
  await (name === 'pets' ? one : await open(stores[0], name)).invalidate(selector)
  await settle()
  return Promise.all(results.map((each, index) => isInvalidated(each, { mark: marks[index] ?? {} })))
}

const TESTS: Readonly<Record<string, (subject: SharedStoreSubject) => Promise<void>>> = {
  'another process reads a value unchanged': async ({ stores }) => {
    await put(await open(stores[0]), 'key')
    const found = await (await open(stores[1])).get('key')
    assertEqual([found?.text, found?.ttlMs], ['{"principal":"é"}', 60_000], 'the value')
    assertThat(found !== undefined && found.ageMs >= 0 && found.ageMs < 60_000, 'its age is between 0 and its lifetime')
  },
  'an unknown key is a miss': async ({ stores }) => {
    assertEqual(await (await open(stores[0])).get('unknown'), undefined, 'an unknown key')
  },
  'authorizers with different names share nothing': async ({ stores }) => {
    await put(await open(stores[0], 'a'), 'key')
    assertEqual(await (await open(stores[0], 'b')).get('key'), undefined, 'the key of another authorizer')
  },
  'a value of a process is not invalidated for another one': async ({ stores }) => {
    const one = await open(stores[0])
    await put(one, 'key')
    const other = await open(stores[1])
    const found = await other.get('key')
    assertThat(found !== undefined && !(await isInvalidated(other, found)), 'the value may be used')
  },
  'an invalidation takes effect in its process before the call returns': async ({ stores }) => {
    const results = await open(stores[0])
    const { mark, revision } = results
    const confirmed = results.invalidate({ by: 'principalId', principalId: 'ann' })
    assertThat(
      results.isInvalidated(mark, () => results.tagsOf(...TAGS)),
      'an earlier result is invalid',
    )
    assertThat(results.revision > revision, 'the revision has increased')
    await confirmed
  },
  'a result that is obtained after an invalidation may be used': async ({ stores, settle }) => {
    const results = await open(stores[0])
    await results.invalidate({ by: 'all' })
    await settle()
    assertEqual(await results.usable(), 'all', 'usable results')
    assertThat(!(await isInvalidated(results, results)), 'a later result is valid')
  },
  'every process learns of an invalidation of a principal': async (subject) => {
    assertEqual(await afterInvalidation(subject, { by: 'principalId', principalId: 'ann' }), [true, true], 'invalid')
  },
  'every process learns of an invalidation of an identity': async (subject) => {
    assertEqual(await afterInvalidation(subject, { by: 'identity', digest: 'digest' }), [true, true], 'invalid')
  },
  'every process learns of an invalidation of everything': async (subject) => {
    assertEqual(await afterInvalidation(subject, { by: 'all' }), [true, true], 'invalid')
  },
  'an invalidation of another principal or identity has no effect': async (subject) => {
    assertEqual(
      await afterInvalidation(subject, { by: 'principalId', principalId: 'digest' }),
      [false, false],
      'invalid',
    )
    assertEqual(await afterInvalidation(subject, { by: 'identity', digest: 'ann' }), [false, false], 'invalid')
  },
  'an invalidation of another authorizer has no effect': async (subject) => {
    assertEqual(await afterInvalidation(subject, { by: 'all' }, 'other'), [false, false], 'invalid')
  },
  'a value that was written with an older mark is invalid everywhere': async ({ stores, settle }) => {
    const [one, other] = [await open(stores[0]), await open(stores[1])]
    const { mark } = other
    await one.invalidate({ by: 'principalId', principalId: 'ann' })
    // The other process does not know of it yet.
    await other.set('key', { text: '{}', mark, ageMs: 0, ttlMs: 60_000 })
    await settle()
    for (const results of [one, other]) {
      const found = await results.get('key')
      assertThat(found === undefined || (await isInvalidated(results, found)), 'the value may not be used')
    }
  },
}

/**
 * Tests for a {@link SharedStore}, for any test runner.
 *
 * @param create builds two stores on an empty server for one test
 * @example
 * for (const { title, run } of sharedStoreSuite(create)) test(title, run)
 */
export const sharedStoreSuite: (
  create: () => SharedStoreSubject | Promise<SharedStoreSubject>,
) => readonly SuiteTest[] = suiteOf(TESTS)
