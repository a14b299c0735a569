/** Claims as an HTTP API passes them to the integration: as strings, formatted as in Go (AWS-JWT-30 to AWS-JWT-32). @module */
import type { Json } from '@custom-authorizer/core'
import type { Claims } from './token.ts'

/** Formats a number in decimal digits, without an exponent. */
const decimal = (value: number): string => {
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? []
  if (exponent === '') return String(value)
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}

const textOf = (value: Json): string => {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return decimal(value)
  if (Array.isArray(value)) return `[${value.map(textOf).join(' ')}]`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Converts the claims to strings; `null` claims are left out. */
export const claimsAsText = (claims: Claims): { readonly [claim: string]: string } =>
  Object.fromEntries(
    Object.entries(claims)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, textOf(value)]),
  )
