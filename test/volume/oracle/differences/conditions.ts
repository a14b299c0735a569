/** Differences in conditions. @module */
import { isIP } from 'node:net'
import { conditionsOf, isNegated, listOf, type OracleCase, type WrittenCondition } from '../case.ts'
import type { Difference } from './difference.ts'

const someCondition = (each: OracleCase, holds: (written: WrittenCondition) => boolean): boolean =>
  conditionsOf(each).some(holds)

const requestValues = ({ given }: WrittenCondition): readonly string[] => listOf(given)
const allValues = (written: WrittenCondition): readonly string[] => [...written.values, ...requestValues(written)]

const isEpoch = (text: string): boolean => /^\d+$/.test(text)
const isDay = (text: string): boolean => /^\d{4}(?:$|-)/.test(text)

/** The syntax of request values by operator; other operators accept any text. */
const READABLE: readonly (readonly [operators: RegExp, readable: (text: string) => boolean])[] = [
  [/^Numeric/, (text) => /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)],
  [/^Date/, (text) => isEpoch(text) || isDay(text)],
  [/IpAddress$/, (text) => isIP(text) !== 0],
  [/^Arn/, (text) => text.startsWith('arn:') && text.split(':').length >= 6],
]

export const CONDITION_DIFFERENCES: readonly Difference[] = [
  {
    id: 'list-without-a-quantifier',
    rules: 'AWS-POL-41, AWS-POL-49',
    applies: (each) =>
      someCondition(
        each,
        ({ quantifier, operator, given }) => quantifier === undefined && operator !== 'Null' && Array.isArray(given),
      ),
  },
  {
    id: 'null-of-an-empty-list',
    rules: 'AWS-POL-45',
    applies: (each) => someCondition(each, ({ operator, given }) => operator === 'Null' && given?.length === 0),
  },
  {
    id: 'unreadable-value-under-negation',
    rules: 'AWS-POL-41',
    applies: (each) =>
      someCondition(each, (written) => {
        const readable = READABLE.find(([operators]) => operators.test(written.operator))?.[1]
        return readable !== undefined && isNegated(written.operator) && !requestValues(written).every(readable)
      }),
  },
  {
    id: 'notation-of-numbers',
    rules: 'section 5.5, AWS-POL-65',
    applies: (each) =>
      someCondition(
        each,
        (written) => written.operator.startsWith('Numeric') && allValues(written).some((text) => /[eEx ]/.test(text)),
      ),
  },
  {
    id: 'epoch-seconds-against-a-date',
    rules: 'section 5.5',
    applies: (each) =>
      someCondition(
        each,
        (written) =>
          written.operator.startsWith('Date') && allValues(written).some(isEpoch) && !allValues(written).every(isEpoch),
      ),
  },
  {
    id: 'time-without-a-zone',
    rules: 'section 5.5',
    applies: (each) =>
      someCondition(
        each,
        (written) => written.operator.startsWith('Date') && allValues(written).some((text) => /T[\d:.]+$/.test(text)),
      ),
  },
  {
    id: 'bytes-of-base64',
    rules: 'section 5.5',
    applies: (each) =>
      someCondition(each, (written) => written.operator === 'BinaryEquals' && allValues(written).includes('QR==')),
  },
  {
    id: 'ipv4-mapped-address',
    rules: 'AWS-POL-64, SEC-27, SEC-49',
    applies: (each) =>
      someCondition(each, (written) => written.operator.endsWith('IpAddress') && allValues(written).some(isMapped)),
  },
  {
    id: 'block-of-all-ipv4-addresses',
    rules: 'SEC-49',
    applies: (each) =>
      someCondition(
        each,
        ({ operator, values }) => operator.endsWith('IpAddress') && values.some((value) => /^[\d.]+\/0$/.test(value)),
      ),
  },
  {
    id: 'spelling-of-a-bare-ipv6-address',
    rules: 'AWS-POL-63, SEC-27',
    applies: (each) =>
      someCondition(
        each,
        (written) =>
          written.operator.endsWith('IpAddress') &&
          allValues(written).some((text) => isIP(text) === 6 && !isMapped(text) && !isCanonical(text)),
      ),
  },
  {
    id: 'bare-address-of-the-other-family',
    rules: 'AWS-POL-62',
    applies: (each) =>
      someCondition(
        each,
        (written) =>
          written.operator === 'NotIpAddress' &&
          written.values.some((value) => requestValues(written).some((given) => isIP(value) * isIP(given) === 24)),
      ),
  },
  {
    id: 'letters-beyond-ascii',
    rules: 'SEC-16',
    applies: (each) =>
      someCondition(
        each,
        (written) =>
          written.operator.endsWith('IgnoreCase') && allValues(written).some((text) => /[^\0-\x7f]/.test(text)),
      ),
  },
  {
    id: 'star-over-a-line-break',
    rules: 'AWS-POL-20, section 5.5',
    applies: (each) =>
      someCondition(
        each,
        (written) => written.operator.endsWith('Like') && allValues(written).some((text) => text.includes('\n')),
      ),
  },
]

/** Whether the URL parser returns the address in the same spelling. */
const isCanonical = (address: string): boolean => new URL(`http://[${address}]`).hostname === `[${address}]`
const isMapped = (text: string): boolean => /^::ffff:[\d.]+/i.test(text)
