// The keys of the workbench. The help names exactly these; they rest while someone types.
import { bring } from './panes.js';
import { toast } from './toast.js';

const visible = (item) => item.offsetParent !== null;
const all = (selector) => [...document.querySelectorAll(selector)].filter(visible);
const OPEN = '.proposal[data-state="open"], .clause-group[data-bare="open"]';

/** Where the person is: what has the focus, or else what was looked at last. */
function here() {
  const focused = document.activeElement?.closest?.('.proposal, .clause-group');
  return focused ?? document.querySelector('.proposal.linked, .clause-group.linked');
}

export function go(item) {
  if (!item) return false;
  item.focus({ preventScroll: true });
  bring(item);
  return true;
}

const follows = (item, other) => Boolean(item.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
const precedes = (item, other) => Boolean(item.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING);

/** The next of its kind in that direction; the last one where there is none. */
function step(selector, by) {
  const items = all(selector);
  const now = here();
  if (!now) return by > 0 ? items[0] : items.at(-1);
  if (by > 0) return items.find((item) => item !== now && follows(now, item) && !item.contains(now)) ?? items.at(-1);
  return items.reverse().find((item) => item !== now && precedes(now, item) && !item.contains(now)) ?? items.at(-1);
}

/** The next thing that waits for a decision behind `from`, or else the first. */
export function nextOpen(from) {
  const items = all(OPEN);
  return (from && items.find((item) => item !== from && follows(from, item))) ?? items.find((item) => item !== from) ?? null;
}

function clause(by) {
  const now = here()?.closest('.clause-group');
  const groups = all('.clause-group');
  const at = groups.indexOf(now);
  const group = groups[Math.min(groups.length - 1, Math.max(0, now ? at + by : 0))];
  return go(group?.querySelector('.proposal') ?? group);
}

/** Presses what carries the key; a fold opens and its first field is ready to type in. */
function press(scope, key) {
  const item = scope?.querySelector(`[data-key="${key}"]`);
  if (!item || item.disabled) return false;
  item.click();
  const fold = item.tagName === 'SUMMARY' && item.parentElement;
  if (fold?.open) fold.querySelector('form input:not([type=hidden]), form textarea, form select')?.focus();
  return true;
}

function acceptClear() {
  const group = here()?.closest('.clause-group');
  if (press(group?.querySelector('header'), 'A')) return true;
  const clear = group?.querySelectorAll('.proposal[data-state="open"][data-clear]') ?? [];
  if (clear.length === 1) return press(clear[0], 'a');
  const open = group?.querySelectorAll('.proposal[data-state="open"]').length ?? 0;
  if (open > 0) toast(`本条待定的 ${open} 项都有疑问或没有单位，没有一并采纳，请逐项看。`);
  return open > 0;
}

function undo() {
  const button = document.querySelector('#coverage [data-key="z"]');
  if (!button || button.disabled) return false;
  button.click();
  button.disabled = true; // A second press must not name the same act again.
  return true;
}

function filter() {
  const box = document.getElementById('bench-q');
  box?.focus();
  box?.select();
  return Boolean(box);
}

const ACTS = {
  j: () => go(step('.proposal', 1)),
  k: () => go(step('.proposal', -1)),
  J: () => clause(1),
  K: () => clause(-1),
  n: () => go(nextOpen(here())),
  A: acceptClear,
  N: () => press(here()?.closest('.clause-group')?.querySelector('header'), 'N'),
  z: undo,
  '/': filter,
};
for (const key of 'aemxu') ACTS[key] = () => press(here()?.closest('.proposal'), key);

/** Carries out a key of the workbench; whether it did something. */
export function benchKey(key) {
  const act = ACTS[key];
  return act ? act() : false;
}

export { undo };
