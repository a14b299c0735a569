/** The table of resource patterns in section 5.3, on every adapter: each pattern is the only resource allowed. @module */
import type { AwsRow } from '../runner/aws.ts'
import { describeRows } from '../runner/describe-rows.ts'
import { readResourceArns, readRestCorpus, restApi } from './gateway.ts'

const rows = readResourceArns().rows.map(({ id, rules, pattern, match }): AwsRow => ({
  id,
  rules,
  title: `${pattern} ${match ? 'matches' : 'does not match'} the method`,
  handler: { styles: ['async'], result: { $allow: pattern } },
  steps: [{ expect: match ? { integration: true } : { answer: 'AWS-REST-08' }, calls: 1 }],
}))

describeRows('resource patterns', restApi, ['resource-arns'], () => ({ ...readRestCorpus('rest-token'), rows }))
