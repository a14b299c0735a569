import { expect, test } from 'vitest'
import { decide } from './decide.ts'

// Documented wildcards are those in the name of the action, and `*` alone. An Allow gains nothing from others.
test.each(['*:*', '*:Invoke', 'exec*:Invoke', 'execute-ap?:*', '?xecute-api:Invoke', 'execute-api*:Invoke'])(
  'SEC-48 AWS-POL-12 an Allow with a wildcard in the service of %s grants nothing',
  (action) => {
    expect(decide({ Action: action })).not.toBe('Allowed')
  },
)
