/** Finds texts whose contrast is below that of WCAG 2.2, level AA. Runs in the page: it can use nothing from outside. @module */

export const contrastProblems = (selector: string): readonly string[] => {
  type Color = readonly [red: number, green: number, blue: number, alpha: number]
  const parse = (text: string): Color => {
    const numbers = (text.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number)
    const scale = text.startsWith('color(') ? 255 : 1
    const [red = 0, green = 0, blue = 0, alpha = 1] = numbers
    return [red * scale, green * scale, blue * scale, alpha]
  }
  const over = (top: Color, bottom: Color): Color => {
    const mix = (index: 0 | 1 | 2): number => top[index] * top[3] + bottom[index] * (1 - top[3])
    return [mix(0), mix(1), mix(2), 1]
  }
  const backgroundOf = (element: Element | null): Color => {
    if (element === null) return [255, 255, 255, 1]
    const own = parse(getComputedStyle(element).backgroundColor)
    return own[3] === 1 ? own : over(own, backgroundOf(element.parentElement))
  }
  const luminance = ([red, green, blue]: Color): number => {
    const part = (value: number): number => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    }
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
  }
  const problems: string[] = []
  let seen = 0
  for (const root of document.querySelectorAll(selector))
    for (const element of [root, ...root.querySelectorAll('*')]) {
      const hasText = [...element.childNodes].some(
        (node) => node.nodeType === 3 && (node.textContent ?? '').trim() !== '',
      )
      if (!hasText || element.getClientRects().length === 0) continue
      seen++
      const background = backgroundOf(element)
      const color = over(parse(getComputedStyle(element).color), background)
      const [light = 0, dark = 0] = [luminance(color), luminance(background)].sort((one, other) => other - one)
      const ratio = (light + 0.05) / (dark + 0.05)
      if (ratio < 4.5)
        problems.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}: ${element.textContent}`)
    }
  return seen < 5 ? ['too few texts were found'] : problems
}
