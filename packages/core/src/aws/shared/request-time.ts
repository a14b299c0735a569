/** `requestContext.requestTime`, as in the access logs of the gateway. @module */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** Formats milliseconds since the epoch as `02/Jan/2025:10:11:12 +0000`. */
export const requestTime = (now: number): string => {
  const date = new Date(now)
  const day = `${twoDigits(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits).join(':')
  return `${day}:${time} +0000`
}
