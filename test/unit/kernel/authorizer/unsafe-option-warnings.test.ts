/** Unsafe options of a contract are logged once, when the authorizer is created (SEC-109). */
import { createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { expect, test } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'

test.each([
  [
    'aws.token',
    aws.token({ compatibility: { missingPrincipalId: 'accept' }, limits: { policyBytes: 8192 } }),
    ['compatibility.missingPrincipalId'],
  ],
  ['aws.httpApi', aws.httpApi({ limits: { policyStatements: 101 } }), ['limits.policyStatements']],
  ['huawei.frontend', huawei.frontend({ authDowngradeEnabled: true }), ['authDowngradeEnabled']],
  ['huawei.backend', huawei.backend({ authDowngradeEnabled: false }), []],
])('SEC-109 createAuthorizer logs each unsafe option of %s once', (name, contract, options) => {
  const logger = new RecordingLogger()
  createAuthorizer({ authorize: () => Promise.resolve() as never, contract: contract as never, logger })
  expect(logger.lines.map((line) => / (\S+) is /.exec(line)?.[1])).toEqual(options.map((each) => `${name}.${each}`))
})
