/** Which errors of a function give 401 and which give 500 (AWS-REST-07, 26). */
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { bearer, type Handler, MISCONFIGURED, raise, tokenBench, UNAUTHORIZED } from '../harness.ts'

type TokenHandler = Handler<aws.TokenEvent>

const forms: readonly (readonly [title: string, handler: TokenHandler])[] = [
  ['throwing an Error Unauthorized', () => raise(new Error('Unauthorized'))],
  ['a promise rejected with an Error Unauthorized', () => Promise.reject(new Error('Unauthorized'))],
  ['callback("Unauthorized")', (_e, _c, callback) => callback('Unauthorized')],
  ['callback(new Error("Unauthorized"))', (_e, _c, callback) => callback(new Error('Unauthorized'))],
  ['context.fail("Unauthorized")', (_e, context) => context.fail('Unauthorized')],
  ['context.fail(new Error("Unauthorized"))', (_e, context) => context.fail(new Error('Unauthorized'))],
  ['throwing the string Unauthorized', () => raise('Unauthorized')],
  ['a promise rejected with the string Unauthorized', async () => raise('Unauthorized')],
]
test.each(forms)('AWS-REST-07 %s gives 401', async (_, handler) => {
  expect(await tokenBench(handler).send('GET /', bearer())).toBe(UNAUTHORIZED)
})

test.each([
  'unauthorized',
  'UNAUTHORIZED',
  'Unauthorized.',
  ' Unauthorized',
  'Unauthorized ',
  'Unauthorized\n',
  'Unauthorized: expired',
  '[401] Unauthorized',
  'Error: Unauthorized',
  '"Unauthorized"',
  'Unauthorised',
  '',
])('AWS-REST-26 an error with the message %j gives 500', async (message) => {
  for (const error of [new Error(message), message]) {
    expect(await tokenBench(async () => raise(error)).send('GET /', bearer())).toBe(MISCONFIGURED)
  }
})
