/** Which errors of a function are a 401, and which a 500 (AWS-REST-07, 26). */
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { bearer, type Handler, MISCONFIGURED, thrown, tokenBench, UNAUTHORIZED } from '../harness.ts'

type TokenHandler = Handler<aws.TokenEvent>

const forms: readonly (readonly [title: string, handler: TokenHandler])[] = [
  ['throw new Error()', () => thrown(new Error('Unauthorized'))],
  ['a rejected promise', () => Promise.reject(new Error('Unauthorized'))],
  ['callback(text)', (_e, _c, callback) => callback('Unauthorized')],
  ['callback(error)', (_e, _c, callback) => callback(new Error('Unauthorized'))],
  ['context.fail(text)', (_e, context) => context.fail('Unauthorized')],
  ['context.fail(error)', (_e, context) => context.fail(new Error('Unauthorized'))],
  ['throw text', () => thrown('Unauthorized')],
  ['a promise rejected with text', async () => thrown('Unauthorized')],
]
test.each(forms)('AWS-REST-07 %s gives 401', async (_, handler) => {
  expect(await tokenBench(handler).ask('GET /', bearer())).toBe(UNAUTHORIZED)
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
])('AWS-REST-26 the message %j gives 500', async (message) => {
  for (const error of [new Error(message), message]) {
    expect(await tokenBench(async () => thrown(error)).ask('GET /', bearer())).toBe(MISCONFIGURED)
  }
})
