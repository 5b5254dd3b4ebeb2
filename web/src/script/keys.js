import { benchKey, undo } from './benchkeys.js';
import { pickAll, pickTo } from './rows.js';

// Keys for people who do not want the mouse. Silent while someone types or chooses.
const GO = { d: '/desk', l: '/ledger', i: '/imports', j: '/journal' };
let waiting = 0; // until when a second key after `g` counts

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
    && !/^(checkbox|radio|button|submit)$/.test(target.type);
}

export function move(selector, step) {
  const all = [...document.querySelectorAll(selector)].filter((item) => item.offsetParent);
  if (all.length === 0) return null;
  const now = all.findIndex((item) => item === document.activeElement || item.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
  return next;
}

document.addEventListener('keydown', (event) => {
  const { key, target } = event;
  const bench = document.querySelector('[data-workbench]');
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  if (document.querySelector('dialog[open]')) return;
  if (event.ctrlKey || event.metaKey) {
    // Within a field it takes back what was typed.
    if (key === 'z' && !event.shiftKey && bench && !typing(target) && undo()) event.preventDefault();
    return;
  }
  if (key === 'Escape') {
    const fold = target.closest?.('.fold[open]');
    if (fold) { fold.open = false; fold.closest('.proposal, .clause-group')?.focus(); } else if (target.id === 'bench-q') { if (!benchKey('n')) target.blur(); } else if (typing(target)) target.blur();
    return;
  }
  if (typing(target)) return;
  const done = () => event.preventDefault();

  if (waiting > event.timeStamp && GO[key]) { waiting = 0; done(); window.location.assign(GO[key]); return; }
  if (key === 'g') { waiting = event.timeStamp + 1200; return; }
  waiting = 0;
  if (bench && benchKey(key)) { done(); return; }
  if (key === '/') { const box = document.getElementById('search'); if (box) { done(); box.focus(); box.select(); } return; }
  if (key === '?') { done(); document.getElementById('keys')?.showModal?.(); return; }
  if (bench) return;
  if (key === 'j' || key === 'k') { done(); move('[data-open]', key === 'j' ? 1 : -1); return; }
  if (key === 'a' && pickAll()) { done(); return; }
  if (key === 'X' && pickTo(target.closest('tr'))) { done(); return; }
  if (key === 'x') {
    const tick = target.closest('tr')?.querySelector('[data-pick]');
    if (tick) { done(); tick.click(); }
  }
});

document.addEventListener('click', (event) => {
  if (event.target.closest?.('[data-show-keys]')) document.getElementById('keys')?.showModal?.();
});
