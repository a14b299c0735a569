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

/**
 * An interval that contains the median of all possible values with a probability of at least 95 %: from the k-th smallest to the
 * k-th largest value; it assumes no distribution. `undefined` for fewer than six values.
 */
export const medianInterval = (values) => {
  const ordered = sorted(values)
  const { length } = ordered
  // The probability that fewer than k of the values are below the median.
  let probability = 0.5 ** length
  let combinations = 1
  let k = 0
  while (probability <= 0.025) {
    k++
    combinations = (combinations * (length - k + 1)) / k
    probability += combinations * 0.5 ** length
  }
  return k === 0 ? undefined : [ordered[k - 1], ordered[length - k]]
}

export const round = (value, digits = 2) => Number(value.toFixed(digits))

/** Median, its interval, quartiles and minimum of one value per process. */
export const summaryOf = (values, digits = 2) => ({
  value: round(median(values), digits),
  spread: middleHalf(values).map((each) => round(each, digits)),
  interval: medianInterval(values)?.map((each) => round(each, digits)),
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
