/** Calendar windows of quotas, in UTC (FLEET-17, FLEET-18). @module */

/** The period of a quota: from 00:00 UTC, for a week from Sunday, for a month from day 1. */
export type QuotaPeriod = 'DAY' | 'WEEK' | 'MONTH'

const DAY_MS = 86_400_000

/** The longest window of each period in milliseconds. */
export const LONGEST_MS: Readonly<Record<QuotaPeriod, number>> = {
  DAY: DAY_MS,
  WEEK: 7 * DAY_MS,
  MONTH: 31 * DAY_MS,
}

/** 1 January 1970 was a Thursday. */
const EPOCH_WEEKDAY = 4

const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor

/**
 * The end of the window that contains an instant, in milliseconds since the epoch.
 *
 * @param offset days by which the first day of a week or month is moved
 */
export const windowEnd = (now: number, period: QuotaPeriod, offset: number): number => {
  const today = Math.floor(now / DAY_MS)
  if (period === 'DAY') return (today + 1) * DAY_MS
  if (period === 'WEEK') return (today - modulo(today + EPOCH_WEEKDAY - offset, 7) + 7) * DAY_MS
  const date = new Date(now)
  const monthsAhead = date.getUTCDate() >= 1 + offset ? 1 : 0
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsAhead, 1 + offset)
}
