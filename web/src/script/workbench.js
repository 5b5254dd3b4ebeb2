// Ties a proposal to its words in the document: mark[data-proposal="7"] and article#proposal-7.

import { go, nextOpen } from './benchkeys.js';
import { bring } from './panes.js';

const bench = () => document.querySelector('[data-workbench]');
const marksOf = (id) => document.querySelectorAll(`mark[data-proposal="${CSS.escape(id)}"]`);
let shown = null;

const SHOWS = { unit: '责任单位', co: '配合单位', date: '时限', rate: '频次', quantity: '数量', kind: '类型' };

/** Underlines the words that the proposal rests on, wherever they stand, and explains the lines. */
function showGrounds(proposal) {
  const { n } = proposal.dataset;
  const grounds = proposal.querySelector('.grounds');
  document.getElementById('legend')?.replaceChildren(...(grounds?.cloneNode(true).childNodes ?? []));
  document.querySelectorAll(`[data-for^="${n}:"], [data-for*=" ${n}:"]`).forEach((words) => {
    const keys = words.dataset.for.split(' ').filter((token) => token.startsWith(`${n}:`)).map((token) => token.slice(n.length + 1));
    keys.forEach((key) => words.classList.add(`shows-${key}`));
    words.classList.add('shows');
    words.title = keys.map((key) => SHOWS[key]).join('、');
  });
}

function show(id, scrollTo) {
  if (shown === id) return;
  document.querySelectorAll('.linked').forEach((item) => item.classList.remove('linked'));
  document.querySelectorAll('.shows').forEach((words) => {
    words.classList.remove('shows', ...Object.keys(SHOWS).map((key) => `shows-${key}`));
    words.removeAttribute('title');
  });
  shown = id;
  if (!id) return;
  const proposal = document.getElementById(`proposal-${id}`);
  const marks = marksOf(id);
  marks.forEach((mark) => mark.classList.add('linked'));
  if (proposal) showGrounds(proposal);
  proposal?.classList.add('linked');
  if (scrollTo === 'document' && marks[0]) bring(marks[0], true);
  if (scrollTo === 'proposal' && proposal) bring(proposal, true);
}

let pause = 0;
document.addEventListener('pointerover', (event) => {
  if (!bench()) return;
  const proposal = event.target.closest?.('.proposal');
  const mark = event.target.closest?.('mark[data-proposal]');
  clearTimeout(pause);
  if (!proposal && !mark) return;
  // A passing mouse does not set the other pane moving.
  pause = setTimeout(() => {
    if (proposal?.isConnected) show(proposal.dataset.proposal, 'document');
    else if (mark?.isConnected) show(mark.dataset.proposal, 'proposal');
  }, 120);
});
document.addEventListener('focusin', (event) => {
  const proposal = bench() && event.target.closest?.('.proposal');
  if (proposal) { show(proposal.dataset.proposal, 'document'); return; }
  const group = bench() && event.target.closest?.('.clause-group');
  if (!group) return;
  show(null);
  group.classList.add('linked');
  const clause = document.getElementById(group.dataset.clause);
  clause?.classList.add('linked');
  if (clause) bring(clause, true);
});
document.addEventListener('click', (event) => {
  const mark = bench() && event.target.closest?.('mark[data-proposal]');
  const proposal = mark && document.getElementById(`proposal-${mark.dataset.proposal}`);
  if (!proposal) return;
  go(proposal);
});

// One fold of a proposal is open at a time.
document.addEventListener('toggle', (event) => {
  const fold = event.target;
  if (!fold.matches?.('.fold') || !fold.open) return;
  fold.closest('.proposal, .clause-group > header')?.querySelectorAll('.fold[open]').forEach((other) => { if (other !== fold) other.open = false; });
}, true);

// A unit leads or co-operates, not both.
document.addEventListener('change', (event) => {
  const { target } = event;
  if (target.type !== 'checkbox' || !target.checked) return;
  target.closest('[data-one-of]')?.querySelectorAll(':checked').forEach((other) => { if (other !== target) other.checked = false; });
});

// After a decision the work goes on with the next proposal that is still open; a form that was
// fetched is ready to type in.
let deciding = null;
let opening = null;
document.addEventListener('htmx:before:request', (event) => {
  const { sourceElement, request } = event.detail.ctx;
  if (request.method === 'GET') {
    opening = sourceElement.closest?.('.fold');
    return;
  }
  const source = sourceElement.closest?.('.proposal, .clause-group');
  deciding = source ? source.id : null;
});
document.addEventListener('htmx:after:settle', () => {
  const fold = opening;
  opening = null;
  const fresh = fold?.open && fold.querySelector('form input:not([type=hidden]), form textarea, form select');
  if (fresh) {
    fresh.focus({ preventScroll: true });
    const pane = fold.closest('.bench-pane');
    if (pane && fold.getBoundingClientRect().bottom > pane.getBoundingClientRect().bottom) {
      (fold.closest('.proposal') ?? fold.closest('.clause-group')).scrollIntoView({ block: 'start' });
    }
    return;
  }
  const now = deciding && document.getElementById(deciding);
  deciding = null;
  shown = null;
  if (!now) return;
  const fault = now.querySelector('.field-fault input, .field-fault textarea, .field-fault select');
  if (fault) { fault.focus(); return; }
  const stay = now.querySelector('.proposal-notice') ? now : null;
  go(stay ?? nextOpen(now) ?? (now.matches('.proposal') ? now : now.querySelector('.proposal') ?? now));
});

// All parts are in place now: the words in the document are new, and so is how far the plan is.
document.addEventListener('htmx:after:swap', () => {
  const proposal = bench() && document.activeElement?.closest?.('.proposal');
  if (!bench()) return;
  shown = null;
  if (proposal) show(proposal.dataset.proposal, 'document');
  announce(document.getElementById('coverage')?.dataset.said);
});

/** Says to who cannot see it what was done and how far the plan is. */
function announce(text) {
  const said = document.getElementById('said');
  if (said && text) said.textContent = text;
}

// The first thing that waits is one step away, also from the head.
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('[data-first-open]');
  const item = link?.hash && link.pathname === window.location.pathname && document.getElementById(link.hash.slice(1));
  if (item && go(item)) event.preventDefault();
});

// A filter works as soon as it is chosen; words wait for Enter.
document.addEventListener('change', (event) => {
  if (event.target.matches?.('[data-filters] select')) event.target.form.requestSubmit();
});
document.addEventListener('submit', (event) => {
  // An address says only what narrows.
  if (event.target.matches?.('[data-filters]')) event.target.querySelectorAll('input, select').forEach((field) => { field.disabled = !field.value; });
});
window.addEventListener('pageshow', () => {
  document.querySelectorAll('[data-filters] :disabled').forEach((field) => { field.disabled = false; });
  document.querySelectorAll('#coverage [data-key="z"]').forEach((button) => { button.disabled = false; });
});

// An address with a place in it starts the work there; what the page before left is said.
const arrive = () => {
  if (!bench()) return;
  const item = document.getElementById(window.location.hash.slice(1));
  if (item?.matches('.proposal, .clause-group') && !document.querySelector('#faults')) go(item);
  const flash = document.querySelector('.flash > span')?.textContent;
  if (flash) setTimeout(() => announce(flash), 300);
};
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', arrive); else arrive();
