/** The script that reads a counter without changing it. @module */
import { Script } from './script.ts'
import { HELD, TIME, WINDOWS } from './windows.ts'

/**
 * Keys and arguments are those of `COUNT`. Returns the requests used, the end of the window, and the level of each bucket as
 * text, because Redis cuts off fractions of numbers.
 */
export const READ_COUNTER: Script = new Script(`
${TIME}
${WINDOWS}
${HELD}
local used, ends = 0, 0
if limit >= 0 then
  used, ends = tonumber(held[1]) or 0, tonumber(held[2]) or 0
  if now >= ends then
    used, ends = 0, window_end(period, offset)
  end
  if ends - now > 2 * LONGEST[period] then ends = window_end(period, offset) end
end
local state = { used, ends }
for i = 1, buckets do
  local rate, burst = tonumber(ARGV[3 + i * 3]), tonumber(ARGV[4 + i * 3])
  local level, at = tonumber(held[1 + 2 * i]) or burst, tonumber(held[2 + 2 * i]) or now
  if now > at then level = level + (now - at) * rate / 1000 end
  if level > burst then level = burst end
  state[#state + 1] = string.format('%.6f', math.max(0, level))
end
return state
`)
