/** Invalid options of `huawei.both` are rejected; a misspelled name must not omit an authorizer. */
import { type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { expectOptionError, UNKNOWN } from '../../support/option-error.ts'

const allowAll = async (): Promise<object> => ({ statusCode: 200, body: '{"status":"allow"}' })
const frontend = createAuthorizer({ authorize: allowAll as never, contract: huawei.frontend() }) as Authorizer<object>
const backend = createAuthorizer({ authorize: allowAll as never, contract: huawei.backend() }) as Authorizer<object>

const CONDITION = {
  conditionOrigin: 'frontend_authorizer',
  frontendAuthorizerParamName: '$context.authorizer.frontend.vip',
  conditionType: 'exact',
  conditionValue: 'true',
} as const
const POLICY = { name: 'vip', conditions: [CONDITION] }
const policy = (more: object): object => ({ frontend, policies: [{ ...POLICY, ...more }] })
const condition = (more: object): object => policy({ conditions: [{ ...CONDITION, ...more }] })

const ROWS: readonly (readonly [rules: string, path: string, options: unknown, found: string, allowed: string])[] = [
  ['SEC-105', '.frontend', {}, 'found undefined', 'an authorizer'],
  ['SEC-105', '.frontend', { frontend: allowAll }, 'found a function', 'that createAuthorizer returned'],
  ['SEC-105', '.frontend', { frontend: huawei.frontend() }, 'found an object', 'that createAuthorizer returned'],
  ['SEC-105', '.backend', { frontend, backend: huawei.backend() }, 'found an object', 'that createAuthorizer returned'],
  ['SEC-105', '.backend', { frontend, backend: null }, 'found null', 'that createAuthorizer returned'],
  ['SEC-105', '.backends', { frontend, backends: backend }, UNKNOWN, 'backend'],
  ['SEC-105', '.Backend', { frontend, Backend: backend }, UNKNOWN, 'backend'],
  ['SEC-105', '.policies', { frontend, policies: POLICY }, 'found an object', 'an array'],
  ['SEC-105', '.policies', { frontend, policies: 'vip' }, 'found a string', 'an array'],
  ['SEC-105 HW-GEN-03', '.policies[0]', { frontend, policies: ['vip'] }, 'found a string', 'name, conditions'],
  ['SEC-105 HW-GEN-03', '.policies[0]', policy({ name: '' }), 'found an object', 'name, conditions'],
  ['SEC-105 HW-GEN-03', '.policies[0]', policy({ conditions: [] }), 'found an object', 'at least one'],
  ['SEC-105 HW-GEN-03', '.policies[0]', policy({ conditions: CONDITION }), 'found an object', 'at least one'],
  [
    'SEC-105 HW-GEN-03',
    '.policies[0].backend',
    policy({ backend: allowAll }),
    'found a function',
    'that createAuthorizer returned',
  ],
  ['SEC-105 HW-CTX-13', '.policies[0].effectMode', policy({ effectMode: 'any' }), 'found a string', '"ALL" or "ANY"'],
  [
    'SEC-105 HW-CTX-13',
    '.policies[0].conditions[0]',
    policy({ conditions: ['vip'] }),
    'found a string',
    'conditionOrigin',
  ],
  [
    'SEC-105 HW-CTX-13',
    '.policies[0].conditions[0]',
    condition({ conditionOrigin: 'source' }),
    'found',
    'frontend_authorizer',
  ],
  [
    'SEC-105 HW-CTX-13',
    '.policies[0].conditions[0]',
    condition({ frontendAuthorizerParamName: '$context.authorizer.backend.vip' }),
    'found',
    '$context.authorizer.frontend.KEY',
  ],
  [
    'SEC-105 HW-CTX-13',
    '.policies[0].conditions[0]',
    condition({ frontendAuthorizerParamName: 'vip' }),
    'found',
    'KEY',
  ],
  [
    'SEC-105 HW-RSP-18',
    '.policies[0].conditions[0]',
    condition({ conditionValue: true }),
    'found',
    'conditionValue: text',
  ],
  [
    'SEC-105 HW-CTX-13',
    '.policies[0].conditions[0].conditionType',
    condition({ conditionType: 'regex' }),
    'found a string',
    '"exact"',
  ],
  [
    'SEC-105 SEC-96',
    '.policies[0].conditions[0].conditionValue',
    condition({ conditionType: 'pattern', conditionValue: '(?=a)' }),
    'found a string',
    'linear time',
  ],
]

/** Invalid options and the parts that the message must contain. */
const MISSPELT: readonly (readonly [rules: string, options: unknown, ...parts: string[]])[] = [
  ['SEC-105', undefined, 'huawei.both', 'undefined'],
  ['SEC-105', [frontend, backend], 'huawei.both', 'array'],
  ['SEC-105', frontend, 'huawei.both', 'name'],
  ['SEC-105 HW-GEN-03', policy({ backends: backend }), 'huawei.both.policies[0]', 'backends'],
  ['SEC-105 HW-GEN-03', policy({ authorizer: backend }), 'huawei.both.policies[0]', 'authorizer'],
  ['SEC-105 HW-CTX-13', policy({ effectmode: 'ANY' }), 'huawei.both.policies[0]', 'effectmode'],
  ['SEC-105 HW-CTX-13', condition({ conditionvalue: 'x' }), 'huawei.both.policies[0].conditions[0]', 'conditionvalue'],
]

describe('both', () => {
  test.each(MISSPELT)('%s a misspelled option is rejected by name (row %#)', (_, options, ...parts) => {
    let thrown: unknown
    try {
      huawei.both(options as never)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ name: 'AuthorizerError', code: 'ERR_OPTION' })
    for (const part of parts) expect((thrown as Error).message).toContain(part)
  })

  test.each(ROWS)('%s an invalid both%s is rejected (row %#)', (_, path, options, found, allowed) => {
    expectOptionError(() => huawei.both(options as never), `huawei.both${path}`, found, allowed)
  })

  test('SEC-105 valid options are accepted', () => {
    const pair = huawei.both({ frontend, backend, policies: [{ ...POLICY, effectMode: 'ANY', backend }] })
    expect(pair.name).toMatch(/^both\(/)
  })
})
