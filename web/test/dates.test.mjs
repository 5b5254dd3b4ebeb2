import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDate, sayDate } from '../src/script/dates.js';

const today = '2026-11-25'; // a Wednesday
const cases = [
  ['7.31', '2027-07-31'], ['12.1', '2026-12-01'], ['0731', '2027-07-31'], ['1231', '2026-12-31'], ['11.25', '2026-11-25'],
  ['2026-7-31', '2026-07-31'], ['2026年7月31日', '2026-07-31'], ['20260731', '2026-07-31'], ['2026/12/1', '2026-12-01'],
  ['7月31日前', '2027-07-31'], ['１２．１', '2026-12-01'], ['30日', '2026-11-30'], ['5号', '2026-12-05'],
  ['下周五', '2026-12-04'], ['周五', '2026-11-27'], ['本周日', '2026-11-29'], ['下下周一', '2026-12-07'], ['星期天', '2026-11-29'],
  ['今天', '2026-11-25'], ['后天', '2026-11-27'], ['10天后', '2026-12-05'], ['月底', '2026-11-30'], ['下月底', '2026-12-31'],
  ['季度末', '2026-12-31'], ['年底', '2026-12-31'],
  ['2.30', null], ['13.1', null], ['尽快', null], ['toString', null], ['', null],
];
for (const [text, date] of cases) {
  test(`reads ${text || 'nothing'}`, () => assert.equal(readDate(text, today), date));
}
test('a year given with the field completes the date even when it has passed', () => {
  assert.equal(readDate('7.31', today, 2026), '2026-07-31');
});
test('the last days of December roll over', () => {
  assert.equal(readDate('5日', '2026-12-28'), '2027-01-05');
  assert.equal(readDate('下周一', '2026-12-31'), '2027-01-04');
  assert.equal(readDate('下月底', '2026-12-28'), '2027-01-31');
});
test('says the weekday', () => assert.equal(sayDate('2026-07-31'), '2026年7月31日 星期五'));
