/** `scriptedAuthorizer`: each call takes the next step. */
import { allow, createAuthorizer, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import {
  expectDecision,
  fakeClock,
  hangs,
  scriptedAuthorizer,
  testRequest,
  throws,
} from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { RecordingLogger } from '../../support/recording-logger.ts'

describe('scriptedAuthorizer', () => {
  test('steps are values, errors and functions of the event', async () => {
    const authorize = scriptedAuthorizer(1, undefined, (event: string) => `${event}!`, throws('a text'))
    expect([await authorize('a'), await authorize('b'), await authorize('c')]).toEqual([1, undefined, 'c!'])
    await expect(authorize('d')).rejects.toBe('a text')
    expect(authorize.calls).toEqual(['a', 'b', 'c', 'd'])
  })

  test('a call beyond the script fails, and the log names the error', async () => {
    const authorize = scriptedAuthorizer(true)
    await authorize('a')
    await expect(authorize('b')).rejects.toThrow('scriptedAuthorizer: call 2, but the script has 1 step(s)')
    const logger = new RecordingLogger()
    const authorizer = createAuthorizer({ authorize: scriptedAuthorizer(), logger })
    await expectDecision(authorizer).toDeny({ reason: 'AUTHORIZER_ERROR' })
    expect(logger.lines.join()).toContain('ScriptEndedError')
  })

  test('hangs() settles when the signal of the call is aborted', async () => {
    const clock = fakeClock()
    const authorize = scriptedAuthorizer(hangs())
    const authorizer = createAuthorizer({ authorize, timeoutMs: 500, clock, logger: null })
    const decision = expectDecision(authorizer).toDeny({ reason: 'AUTHORIZER_TIMEOUT', status: 500 })
    await clock.advance(500)
    expect((await decision).reason).toBe('AUTHORIZER_TIMEOUT')
    const signal = AbortSignal.abort(new Error('aborted'))
    await expect(scriptedAuthorizer(hangs())('event', { signal })).rejects.toThrow('aborted')
  })

  test('a signal in the event does not end hangs()', async () => {
    const controller = new AbortController()
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    scriptedAuthorizer(hangs())({ signal: controller.signal }).then(settle, settle)
    controller.abort()
    await fakeClock().advance(0)
    expect(isSettled).toBe(false)
  })

  test('it is a function for every contract', async () => {
    const policy = {
      principalId: 'ann',
      policyDocument: { Version: '2012-10-17', Statement: [{ Action: '*', Effect: 'Allow', Resource: '*' }] },
    }
    const authorize = scriptedAuthorizer<aws.TokenEvent>(policy, throws(new Error('Unauthorized')))
    const contract = aws.token({ authorizerResultTtlInSeconds: 0 })
    const authorizer = createAuthorizer({ authorize, contract, logger: null })
    const request = testRequest({ headers: { authorization: 'Bearer ann' } })
    expect((await expectDecision(authorizer, request).toAllow()).principalId).toBe('ann')
    await expectDecision(authorizer, request).toDeny({ status: 401 })
    expect(authorize.calls.map(({ authorizationToken }) => authorizationToken)).toEqual(['Bearer ann', 'Bearer ann'])
  })

  test('calls is a copy', async () => {
    const authorize = scriptedAuthorizer(allow(), allow())
    const authorizer = createAuthorizer({ authorize, contract: native(), logger: null })
    const { calls } = authorize
    await authorizer.evaluate(testRequest({ path: '/a' }))
    expect([calls, authorize.calls.length]).toEqual([[], 1])
  })
})
