/** Medians, quartiles, and the order in which variants take turns. */
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

export const round = (value, digits = 2) => Number(value.toFixed(digits))

/** Median, quartiles and minimum of one value per process. */
export const summaryOf = (values, digits = 2) => ({
  value: round(median(values), digits),
  spread: middleHalf(values).map((each) => round(each, digits)),
  least: round(Math.min(...values), digits),
  processes: values.length,
})

/** A copy in random order. */
export const shuffled = (values) => {
  const copy = [...values]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[copy[last], copy[other]] = [copy[other], copy[last]]
  }
  return copy
}
