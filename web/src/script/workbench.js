// Ties a proposal to its words in the document: mark[data-proposal="7"] and article#proposal-7.

const bench = () => document.querySelector('[data-workbench]');
const marksOf = (id) => document.querySelectorAll(`mark[data-proposal="${CSS.escape(id)}"]`);
let shown = null;

function show(id, scrollTo) {
  if (shown === id) return;
  document.querySelectorAll('.linked').forEach((item) => item.classList.remove('linked'));
  shown = id;
  if (!id) return;
  const proposal = document.getElementById(`proposal-${id}`);
  const marks = marksOf(id);
  marks.forEach((mark) => mark.classList.add('linked'));
  proposal?.classList.add('linked');
  if (scrollTo === 'document' && marks[0]) bring(marks[0]);
  if (scrollTo === 'proposal' && proposal) bring(proposal);
}

/** Scrolls only the pane around `item`, and only when it is out of sight. */
function bring(item) {
  const pane = item.closest('.bench-pane');
  const inner = item.getBoundingClientRect();
  const outer = pane.getBoundingClientRect();
  if (inner.top < outer.top + 50 || inner.bottom > outer.bottom - 20) {
    pane.scrollBy({ top: inner.top - outer.top - outer.height / 3, behavior: 'smooth' });
  }
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
  if (proposal) show(proposal.dataset.proposal, 'document');
});
document.addEventListener('click', (event) => {
  const mark = bench() && event.target.closest?.('mark[data-proposal]');
  const proposal = mark && document.getElementById(`proposal-${mark.dataset.proposal}`);
  if (!proposal) return;
  proposal.focus({ preventScroll: true });
  bring(proposal);
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
  const all = [...document.querySelectorAll('.proposal')];
  const after = (item) => item === now || Boolean(now.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING);
  const stay = now.querySelector('.proposal-notice') ? now : null;
  const next = stay ?? all.find((item) => after(item) && item.dataset.state === 'open') ?? (now.matches('.proposal') ? now : now.querySelector('.proposal'));
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'nearest' });
});
