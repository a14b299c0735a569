/** Each operator with a policy value, a request value that matches it, and one that does not. @module @module */

export interface OperatorSample {
  readonly operator: string
  readonly negated: boolean
  readonly policy: string
  readonly match: string
  readonly other: string
}

type Row = readonly [operator: string, policy: string, match: string, other: string, negatedName?: string]

// The negated operator uses the same sample with the opposite result.
const ROWS: readonly Row[] = [
  ['StringEquals', 'red', 'red', 'Red', 'StringNotEquals'],
  ['StringEqualsIgnoreCase', 'red', 'RED', 'blue', 'StringNotEqualsIgnoreCase'],
  ['StringLike', 'r*d', 'rotated', 'rota', 'StringNotLike'],
  ['NumericEquals', '10', '10.0', '11', 'NumericNotEquals'],
  ['NumericLessThan', '10', '9.9', '10'],
  ['NumericLessThanEquals', '10', '10', '10.1'],
  ['NumericGreaterThan', '10', '10.1', '10'],
  ['NumericGreaterThanEquals', '10', '10', '9.9'],
  ['DateEquals', '2026-03-01', '2026-03-01T00:00:00Z', '2026-03-02', 'DateNotEquals'],
  ['DateLessThan', '2026-03-01', '2026-02-28T23:59:59.999Z', '2026-03-01'],
  ['DateLessThanEquals', '2026-03-01', '2026-03-01', '2026-03-01T00:00:00.001Z'],
  ['DateGreaterThan', '2026-03-01', '2026-03-01T00:00:00.001Z', '2026-03-01'],
  ['DateGreaterThanEquals', '2026-03-01', '2026-03-01', '2026-02-28T23:59:59.999Z'],
  ['Bool', 'true', 'true', 'false'],
  ['BinaryEquals', 'QUJD', 'QUJD', 'QUJE'],
  ['IpAddress', '10.0.0.0/8', '10.1.2.3', '11.1.2.3', 'NotIpAddress'],
  ['ArnEquals', 'arn:aws:s3:::a*', 'arn:aws:s3:::abc', 'arn:aws:s3:::b', 'ArnNotEquals'],
  ['ArnLike', 'arn:aws:s3:::a*', 'arn:aws:s3:::abc', 'arn:aws:s3:::b', 'ArnNotLike'],
]

export const OPERATORS: readonly OperatorSample[] = ROWS.flatMap(([operator, policy, match, other, negatedName]) => {
  const positive = { operator, negated: false, policy, match, other }
  return negatedName === undefined ? [positive] : [positive, { ...positive, operator: negatedName, negated: true }]
})
