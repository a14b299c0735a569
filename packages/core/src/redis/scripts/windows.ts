/** Parts that scripts share. @module */

/** Sets `now`, in milliseconds since the epoch: the time of the server, unless a test gives another one. */
export const TIME: string = `
local time = redis.call('TIME')
local server_now = time[1] * 1000 + math.floor(time[2] / 1000)
local now = ARGV[1] ~= '' and tonumber(ARGV[1]) or server_now`

/** The end of the window of a quota, by the civil calendar in UTC (FLEET-44). */
export const WINDOWS: string = `
local DAY = 86400000
local LONGEST = { D = DAY, W = 7 * DAY, M = 31 * DAY }
local function civil(days)
  local z = days + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (month <= 2 and 1 or 0), month, doy - math.floor((153 * mp + 2) / 5) + 1
end
local function day_number(year, month, day)
  if month <= 2 then year = year - 1 end
  local era = math.floor(year / 400)
  local yoe = year - era * 400
  local doy = math.floor((153 * (month > 2 and month - 3 or month + 9) + 2) / 5) + day - 1
  return era * 146097 + yoe * 365 + math.floor(yoe / 4) - math.floor(yoe / 100) + doy - 719468
end
local function window_end(period, offset)
  local today = math.floor(now / DAY)
  if period == 'D' then return (today + 1) * DAY end
  -- 1 January 1970 was a Thursday.
  if period == 'W' then return (today - ((today + 4) % 7 - offset) % 7 + 7) * DAY end
  local year, month, day = civil(today)
  if day >= 1 + offset then
    month = month + 1
    if month > 12 then
      month, year = 1, year + 1
    end
  end
  return day_number(year, month, 1 + offset) * DAY
end`

/** Reads the arguments of a counter and the fields of its hash: quota and window, then level and time of each bucket. */
export const HELD: string = `
local limit, period, offset = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local buckets = (#ARGV - 4) / 3
local tag = period .. string.format('%.0f', offset)
local fields = { 'q' .. tag, 'w' .. tag }
for i = 1, buckets do
  fields[#fields + 1] = 'l' .. ARGV[2 + i * 3]
  fields[#fields + 1] = 't' .. ARGV[2 + i * 3]
end
local held = redis.call('HMGET', KEYS[1], unpack(fields))`
