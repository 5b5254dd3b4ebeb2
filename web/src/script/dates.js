// Reads a date the way people type it. Everything counts from the server's day, never the PC's clock.
const WEEK = '一二三四五六日';
const DAY = 86400000;

const at = (iso) => Date.parse(`${iso}T00:00:00Z`);
const iso = (time) => new Date(time).toISOString().slice(0, 10);
const weekday = (time) => (new Date(time).getUTCDay() + 6) % 7; // Monday is 0

function make(year, month, day) {
  const time = Date.UTC(year, month - 1, day);
  const date = new Date(time);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? iso(time) : null;
}

/** The month and day in `year` when that is given, else the next time they come round. */
function next(month, day, today, year) {
  if (year) return make(year, month, day);
  const here = Number(today.slice(0, 4));
  const date = make(here, month, day);
  return date === null || date < today ? make(here + 1, month, day) ?? date : date;
}

/** An ISO date for `text`, or null when it cannot be read. `today` is ISO, `year` completes 7.31. */
export function readDate(text, today, year) {
  const said = text.replace(/[０-９．／－]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\s+|[前止]$/g, '');
  const now = at(today);
  let m;
  if ((m = /^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$/.exec(said)) || (m = /^(\d{4})(\d\d)(\d\d)$/.exec(said))) return make(+m[1], +m[2], +m[3]);
  if ((m = /^(\d{1,2})[-./月](\d{1,2})[日号]?$/.exec(said)) || (m = /^(\d\d)(\d\d)$/.exec(said))) return next(+m[1], +m[2], today, year);
  if ((m = /^(\d{1,2})[日号]$/.exec(said))) {
    const [y, month] = today.split('-').map(Number);
    const date = make(y, month, +m[1]);
    return date && date < today ? make(y + Math.floor(month / 12), (month % 12) + 1, +m[1]) : date;
  }
  if ((m = /^(本|这|下|下下)?个?(?:周|星期|礼拜)([一二三四五六日天])$/.exec(said))) {
    const weeks = { 下: 1, 下下: 2 }[m[1]] ?? 0;
    const day = WEEK.indexOf(m[2] === '天' ? '日' : m[2]);
    return iso(now + (day - weekday(now) + weeks * 7) * DAY);
  }
  if ((m = /^(\d{1,3})[天日]后$/.exec(said))) return iso(now + +m[1] * DAY);
  const [y, month] = today.split('-').map(Number);
  const named = {
    今天: () => today, 明天: () => iso(now + DAY), 后天: () => iso(now + 2 * DAY),
    月底: () => iso(Date.UTC(y, month, 0)), 本月底: () => iso(Date.UTC(y, month, 0)), 下月底: () => iso(Date.UTC(y, month + 1, 0)),
    季度末: () => iso(Date.UTC(y, Math.ceil(month / 3) * 3, 0)), 年底: () => `${y}-12-31`, 明年底: () => `${y + 1}-12-31`,
  };
  return Object.prototype.hasOwnProperty.call(named, said) ? named[said]() : null;
}

/** 2026年7月31日 星期五 */
export function sayDate(date) {
  const [y, m, d] = date.split('-').map(Number);
  return `${y}年${m}月${d}日 星期${WEEK[weekday(at(date))]}`;
}
