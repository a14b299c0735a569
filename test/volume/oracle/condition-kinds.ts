/**
 * The kinds of condition keys: their operators, values in requests and values in policies. Each kind has few values, so that
 * matches are frequent.
 * @module
 */
import type { Random } from './random.ts'

export interface Kind {
  readonly operators: readonly string[]
  /** Keys with at most one value, and keys with a list. */
  readonly keys: readonly string[]
  readonly listKeys: readonly string[]
  /** A value of a request; the odd values cause a known difference. */
  readonly given: (random: Random) => string
  readonly oddlyGiven: (random: Random) => string
  /** A value of a policy; a malformed value makes the whole policy invalid. */
  readonly wanted: (random: Random) => string
  readonly oddlyWanted: (random: Random) => string
  readonly malformed?: (random: Random) => string
}

const stock =
  (...values: readonly string[]) =>
  (random: Random): string =>
    random.pick(values)

const WORDS = ['red', 'Red', 'RED', 'blue', 'team-red', 'team-blue', 'a*b', 'axb', 'what?', 'cost$5', 'x:y/z', '', 'a']
const LIKE = ['*', 'r*', '*d', 't*-*', '???', 'r?d', '*e*', 'a*b', 'team-*', 'x:*', '*/z', '?', '**', 'a**b', '?*']
const VARIABLES = [
  '${aws:PrincipalTag/team}',
  '${aws:Referer}',
  '${AWS:referer}',
  'team-${aws:PrincipalTag/team}',
  '${aws:PrincipalTag/team}*',
  "${aws:PrincipalTag/team, 'red'}",
  "team-${aws:Referer, 'blue'}",
  'a${*}b',
  'what${?}',
  'cost${$}5',
  'a${*}?',
  'cost$5',
]

/** Policy text: plain, with wildcards, with variables. In `StringEquals`, wildcards are literal. */
const wantedText = (random: Random): string =>
  random.choose([
    [5, () => random.pick(WORDS)],
    [4, () => random.pick(LIKE)],
    [3, () => random.pick(VARIABLES)],
  ])

const both = (name: string): readonly string[] => [name, name.replace(/(Equals|Like)/, 'Not$1')]
const ordered = (kind: string): readonly string[] => [
  ...both(`${kind}Equals`),
  ...['LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map((order) => `${kind}${order}`),
]

const ARNS = [
  'arn:aws:s3:::bucket',
  'arn:aws:s3:::bucket/red',
  'arn:aws:sns:us-east-1:123456789012:topic',
  'arn:aws:sns:us-east-1:123456789012:topic:sub',
  'arn:aws:lambda:eu-west-1:123456789012:function:red',
]

export const KINDS: readonly Kind[] = [
  {
    operators: [...both('StringEquals'), ...both('StringEqualsIgnoreCase'), ...both('StringLike')],
    keys: ['aws:UserAgent', 'aws:Referer', 'aws:PrincipalTag/team'],
    listKeys: ['aws:TagKeys'],
    given: stock(...WORDS),
    oddlyGiven: stock('\u00c0b', '\u212aim', 'a\nb', '${aws:Referer}'),
    wanted: wantedText,
    oddlyWanted: stock(
      "${aws:Referer,'red'}",
      "${aws:Referer, ''}",
      '\u00e0B',
      'kim',
      'a*b',
      'a${*}b',
      '${aws:SourceVpc}',
    ),
  },
  {
    operators: ordered('Numeric'),
    keys: ['x:Level'],
    listKeys: ['x:Levels'],
    given: stock('0', '1', '1.0', '-1', '2.50', '10', '9', '0.1'),
    oddlyGiven: stock('abc', '', '1e1', ' 1', '0x1', 'Infinity', 'NaN'),
    wanted: stock('0', '1', '-1', '2.5', '10', '9.99', '.1', '+1', '5.'),
    oddlyWanted: stock('1e1', '1E0'),
    malformed: stock('abc', '', ' 1', '0x1', 'Infinity', 'NaN', '${x:Level}', '1,0', '1.2.3', '--1'),
  },
  {
    operators: ordered('Date'),
    keys: ['aws:CurrentTime'],
    listKeys: ['x:Times'],
    given: stock('2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z', '2026-02-28T23:59:59Z', '2027-01-01T00:00:00Z'),
    oddlyGiven: stock('1772366400', 'now', '', '2026-03-01T12:00:00'),
    wanted: stock(
      '2026-03-01T12:00:00Z',
      '2026-03-01T13:00:00+01:00',
      '2026-03-01T12:00Z',
      '2026-03-01',
      '2026-03',
      '2027-01-01T00:00:00.000Z',
      '2026-02-28T18:59:59-05:00',
    ),
    oddlyWanted: stock('1772366400', '2026', '2026-03-01T12:00:00'),
    malformed: stock(
      'yesterday',
      '2026-02-30',
      '20260301T120000Z',
      '-1',
      '',
      '2026-3-1',
      '2026-03-01T12',
      '${aws:CurrentTime}',
    ),
  },
  {
    operators: ordered('Date'),
    keys: ['aws:EpochTime'],
    listKeys: ['x:Epochs'],
    given: stock('1772366400', '1772366399', '1800000000'),
    oddlyGiven: stock('2026-03-01T12:00:00Z', 'abc', '1772366400.5'),
    wanted: stock('1772366400', '1772366400', '1772366399', '1800000001'),
    oddlyWanted: stock('2026-03-01T12:00:00Z', '2026-03-01'),
    malformed: stock('1772366400.5', '-5', 'never', '1e9'),
  },
  {
    operators: ['Bool'],
    keys: ['aws:SecureTransport'],
    listKeys: ['x:Flags'],
    given: stock('true', 'false', 'TRUE', 'False'),
    oddlyGiven: stock('yes', '', '1'),
    wanted: stock('true', 'false', 'True', 'FALSE'),
    oddlyWanted: stock('true', 'false'),
    malformed: stock('yes', '', '1', 'true ', '${aws:SecureTransport}'),
  },
  {
    operators: ['BinaryEquals'],
    keys: ['x:Blob'],
    listKeys: ['x:Blobs'],
    given: stock('QUJD', 'QUJE', 'QQ==', ''),
    oddlyGiven: stock('!!', 'QR=='),
    wanted: stock('QUJD', 'QUJE', 'QQ=='),
    oddlyWanted: stock('QR=='),
    malformed: stock('!!', 'QUJ', 'QUJD='),
  },
  {
    operators: ['IpAddress', 'NotIpAddress'],
    keys: ['aws:SourceIp'],
    listKeys: ['x:Hops'],
    given: stock('10.1.2.3', '10.1.2.4', '192.168.0.1', '203.0.113.9', '2001:db8::1', '2001:db8:1::1', '::1'),
    oddlyGiven: stock('::ffff:10.1.2.3', '2001:DB8:0::1', '010.1.2.3', '10.1.2.3:80', 'unknown', '10.1'),
    wanted: stock(
      '10.0.0.0/8',
      '10.1.2.3',
      '10.1.2.3/32',
      '10.1.2.4/31',
      '10.255.255.255/8',
      '192.168.0.0/16',
      '203.0.113.8/29',
      '2001:db8::/32',
      '2001:db8::/48',
      '2001:db8::1/128',
      '::1',
      '::/0',
    ),
    oddlyWanted: stock('0.0.0.0/0', '2001:DB8:0::1', '::ffff:10.1.2.3'),
    malformed: stock('10.0.0.0/33', '10.1', '010.0.0.0/8', '10.0.0.0/08', 'fe80::1%eth0', '::/129', '10.0.0.0/-1', '*'),
  },
  {
    operators: [...both('ArnEquals'), ...both('ArnLike')],
    keys: ['aws:SourceArn'],
    listKeys: ['x:Arns'],
    given: stock(...ARNS),
    oddlyGiven: stock('not-an-arn', 'arn:aws:s3', ''),
    wanted: stock(
      ...ARNS,
      'arn:aws:s3:::*',
      'arn:aws:s3:::buck?t*',
      'arn:aws:s?:::*',
      'arn:*:sns:*:*:topic',
      'arn:aws:sns:*:*:topic:*',
      'arn:aws:*:*:123456789012:*',
      'arn:aws:s3:::bucket/${aws:PrincipalTag/team}',
      "arn:aws:lambda:*:*:function:${aws:PrincipalTag/team, 'red'}",
      'arn:aws:sns:us-*:123456789012:t${*}',
      '*:aws:s3:::bucket',
      'a??:aws:s3:::bucket*',
      'arn:aws:${aws:PrincipalTag/team}:::bucket',
    ),
    oddlyWanted: stock(
      'arn:aws:s3:::${aws:SourceVpc}',
      'arn:aws:s3:::${aws:TagKeys}',
      'arn:aws:s3:::bucket/${aws:Referer}',
    ),
  },
]
