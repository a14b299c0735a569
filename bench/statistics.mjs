/** Medians and spreads. */
const sorted = (values) => values.toSorted((a, b) => a - b)

export const median = (values) => {
  const ordered = sorted(values)
  const middle = ordered.length >> 1
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
}

/** The first and third quartile. */
export const middleHalf = (values) => {
  const ordered = sorted(values)
  const last = ordered.length - 1
  return [ordered[Math.floor(last / 4)], ordered[Math.ceil((3 * last) / 4)]]
}
