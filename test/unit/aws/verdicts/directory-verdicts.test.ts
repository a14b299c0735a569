/** `DirectoryVerdicts`: which directories have a verdict, and for which paths it is found (INV-5). */
import type { GatewayRequest } from '@custom-authorizer/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Verdict } from '../../../../packages/core/src/kernel/contract/contract.ts'
import type { CompiledPolicy } from '../../../../packages/core/src/aws/policy/compiled-policy.ts'
import { DirectoryVerdicts } from '../../../../packages/core/src/aws/verdicts/directory-verdicts.ts'
import { hashOf, NO_TEXT, parentEnd } from '../../../../packages/core/src/aws/verdicts/path-hash.ts'
import { VerdictMemo } from '../../../../packages/core/src/aws/verdicts/verdict-memo.ts'
import { gatewayRequest } from '../../../support/request.ts'

const POLICY = { id: 1, isUnconditional: true } as CompiledPolicy
const ALLOWED: Verdict = { allowed: true }
const get = (path: string): GatewayRequest => gatewayRequest(`GET ${path}`)

/** The directory that a path is directly in, as `find` and `learn` expect it. */
const parentOf = (path: string): { readonly parent: number; readonly hash: number } => {
  const parent = parentEnd(path)
  return { parent, hash: hashOf(path, 0, parent, NO_TEXT) }
}

const find = (directories: DirectoryVerdicts, request: GatewayRequest): Verdict | 'differ' | undefined => {
  const { parent, hash } = parentOf(request.path)
  return directories.find(POLICY, request, parent, hash)
}

type Question = readonly [directory: string, continuation: string]

/** Learns a verdict twice, because the first is not kept. Returns what the policy was asked. */
const learn = (
  directories: DirectoryVerdicts,
  path: string,
  isDecided: (directory: string, continuation: string) => boolean,
): readonly Question[] => {
  const asked: Question[] = []
  for (let round = 0; round < 2; round++) {
    asked.length = 0
    directories.learn(POLICY, get(path), { ...parentOf(path), verdict: ALLOWED }, (directory, continuation) => {
      asked.push([directory, continuation])
      return isDecided(directory, continuation)
    })
  }
  return asked
}

afterEach(() => vi.restoreAllMocks())

describe('learning', () => {
  test('INV-5 a directory whose paths differ is learned alone', () => {
    const directories = new DirectoryVerdicts()
    expect(learn(directories, '/a/b/c', () => false)).toEqual([['/a/b/', 'segment']])
    expect(find(directories, get('/a/b/d'))).toBe('differ')
    expect(find(directories, get('/a/d'))).toBeUndefined()
    expect(find(directories, get('/a/b/c/d'))).toBeUndefined()
  })

  test('INV-5 the directories above are asked from the root, up to four of them', () => {
    const directories = new DirectoryVerdicts()
    expect(learn(directories, '/a/b/c/d/e/f', (_, continuation) => continuation === 'segment')).toEqual([
      ['/a/b/c/d/e/', 'segment'],
      ['/', 'segments'],
      ['/a/', 'segments'],
      ['/a/b/', 'segments'],
      ['/a/b/c/', 'segments'],
    ])
    expect(find(directories, get('/a/b/c/d/e/g'))).toBe(ALLOWED)
    expect(find(directories, get('/a/b/c/d/g'))).toBeUndefined()
    expect(find(directories, get('/a/b/c/d/e/f/g'))).toBeUndefined()
  })

  test('INV-5 a path in the root asks for the root only', () => {
    const directories = new DirectoryVerdicts()
    expect(learn(directories, '/a', (_, continuation) => continuation === 'segment')).toEqual([
      ['/', 'segment'],
      ['/', 'segments'],
    ])
    expect(find(directories, get('/b'))).toBe(ALLOWED)
    expect(find(directories, get('/b/c'))).toBeUndefined()
  })

  test('INV-5 a directory with one verdict for all paths below it ends the questions', () => {
    const directories = new DirectoryVerdicts()
    expect(learn(directories, '/a/b/c/d', (directory) => directory !== '/')).toEqual([
      ['/a/b/c/', 'segment'],
      ['/', 'segments'],
      ['/a/', 'segments'],
    ])
    expect(find(directories, get('/a/x'))).toBe(ALLOWED)
    expect(find(directories, get('/a/x/y/z'))).toBe(ALLOWED)
    expect(find(directories, get('/b/x/y'))).toBeUndefined()
    expect(find(directories, get('/ab/x/y'))).toBeUndefined()
  })
})

describe('finding', () => {
  test.each<[what: string, line: string]>([
    ['HEAD, which is also decided on as GET', 'HEAD /a/b'],
    ['a path that ends in a slash', 'GET /a/b/'],
    ['a path with an escape', 'GET /a/%25'],
    ['the target `*`', 'OPTIONS *'],
  ])('INV-5 %s has no verdict of a directory', (_, line) => {
    const directories = new DirectoryVerdicts()
    learn(directories, '/a', () => true)
    expect(find(directories, get('/a/b'))).toBe(ALLOWED)
    expect(find(directories, gatewayRequest(line))).toBe('differ')
  })

  test('the directory of a path is looked up first, then at most four from the root', () => {
    const directories = new DirectoryVerdicts()
    learn(directories, '/a/b/c/d/e/f', (_, continuation) => continuation === 'segment')
    const looked = vi.spyOn(VerdictMemo.prototype, 'get')
    const lookedUp = (path: string): readonly string[] => {
      looked.mockClear()
      find(directories, get(path))
      return looked.mock.calls.map(([, text, end]) => text.slice(0, end))
    }
    expect(lookedUp('/a/b/c/d/e/g')).toEqual(['/a/b/c/d/e/'])
    expect(lookedUp('/a/b/c/d/g')).toEqual(['/a/b/c/d/', '/', '/a/', '/a/b/', '/a/b/c/'])
    expect(lookedUp('/a/g')).toEqual(['/a/', '/', '/a/'])
    expect(lookedUp('/g/h/i')).toEqual(['/g/h/', '/', '/g/'])
  })

  test('INV-5 a directory with the hash of one whose paths differ has no verdict', () => {
    const directories = new DirectoryVerdicts()
    const learnWith = (path: string, isDecided: boolean): void => {
      for (let round = 0; round < 2; round++)
        directories.learn(POLICY, get(path), { ...parentOf(path), hash: 7, verdict: ALLOWED }, () => isDecided)
    }
    learnWith('/a/1', true)
    expect(directories.find(POLICY, get('/a/2'), 3, 7)).toBe(ALLOWED)
    learnWith('/b/1', false)
    expect(directories.find(POLICY, get('/a/2'), 3, 7)).toBe('differ')
    expect(directories.find(POLICY, gatewayRequest('PUT /b/2'), 3, 7)).toBeUndefined()
    expect(directories.find({ id: 2, isUnconditional: true } as CompiledPolicy, get('/b/2'), 3, 7)).toBeUndefined()
  })
})
