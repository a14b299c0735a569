/** The contrast of the texts of a page, as WCAG 2.2 measures it. @module */
import type { Page } from 'playwright-core'

/** One text: its color, and the backgrounds from its own element to the root. */
interface Text {
  readonly text: string
  readonly color: string
  readonly backgrounds: readonly string[]
}

type Color = readonly [red: number, green: number, blue: number, alpha: number]

/** Reads `rgb(1 2 3 / 0.5)` and `color(srgb 0.1 0.2 0.3 / 0.5)`. */
const parse = (text: string): Color => {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number)
  const scale = text.startsWith('color(') ? 255 : 1
  return [red * scale, green * scale, blue * scale, alpha]
}

const over = (top: Color, bottom: Color): Color => {
  const mix = (index: 0 | 1 | 2): number => top[index] * top[3] + bottom[index] * (1 - top[3])
  return [mix(0), mix(1), mix(2), 1]
}

const linear = (value: number): number => {
  const share = value / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}
const luminance = ([red, green, blue]: Color): number =>
  0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)

const ratioOf = ({ color, backgrounds }: Text): number => {
  const background = backgrounds.map(parse).reduceRight<Color>((below, each) => over(each, below), [255, 255, 255, 1])
  const [one, other] = [luminance(over(parse(color), background)), luminance(background)]
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

const textsIn = (page: Page, selector: string): Promise<readonly Text[]> =>
  page.locator(selector).evaluateAll((roots) =>
    roots
      .flatMap((root) => [root, ...root.querySelectorAll('*')])
      .filter(
        (element) =>
          element.getClientRects().length > 0 &&
          [...element.childNodes].some((node) => node.nodeType === 3 && (node.textContent ?? '').trim() !== ''),
      )
      .map((element) => {
        const backgrounds: string[] = []
        for (let each: Element | null = element; each !== null; each = each.parentElement)
          backgrounds.push(getComputedStyle(each).backgroundColor)
        return { text: element.textContent ?? '', color: getComputedStyle(element).color, backgrounds }
      }),
  )

/** The visible texts whose contrast is below level AA. */
export const contrastProblems = async (page: Page, selector: string): Promise<readonly string[]> => {
  const texts = await textsIn(page, selector)
  if (texts.length < 5) return ['too few texts were found']
  return texts.filter((each) => ratioOf(each) < 4.5).map((each) => `${ratioOf(each).toFixed(2)} ${each.text}`)
}
