// Ticking rows for a batch: [data-pick] in the rows, [data-pick-all] in the head, and a [data-batch]
// bar that appears with the count when something is ticked.

function refresh() {
  const picks = [...document.querySelectorAll('[data-pick]')];
  const picked = picks.filter((pick) => pick.checked);
  picks.forEach((pick) => pick.closest('tr')?.classList.toggle('picked', pick.checked));
  const all = document.querySelector('[data-pick-all]');
  if (all) {
    all.checked = picks.length > 0 && picked.length === picks.length;
    all.indeterminate = picked.length > 0 && picked.length < picks.length;
  }
  const bar = document.querySelector('[data-batch]');
  if (!bar) return;
  bar.hidden = picked.length === 0;
  // A table of the ticked rows: an address, so that it is an ordinary download.
  bar.querySelectorAll('[data-take]').forEach((link) => {
    link.href = link.dataset.take + picked.map((pick) => `id=${encodeURIComponent(pick.value)}`).join('&');
  });
  bar.querySelectorAll('[data-count]').forEach((item) => { item.textContent = picked.length; });
  // An act is offered for the rows that allow it: <input data-pick data-acts="approve issue">.
  bar.querySelectorAll('[data-act]').forEach((button) => {
    const fit = picked.filter((pick) => (pick.dataset.acts ?? '').split(' ').includes(button.dataset.act)).length;
    button.disabled = fit === 0 || fit < picked.length;
    button.title = fit < picked.length ? `选中的 ${picked.length} 项中只有 ${fit} 项可以${button.dataset.label}` : '';
    button.querySelector('[data-fit]').textContent = fit;
  });
}

let last = null;
document.addEventListener('click', (event) => {
  const pick = event.target;
  if (!pick.matches?.('[data-pick]')) return;
  if (event.shiftKey && last?.isConnected) {
    const picks = [...document.querySelectorAll('[data-pick]')];
    const [from, to] = [picks.indexOf(last), picks.indexOf(pick)].sort((a, b) => a - b);
    picks.slice(from, to + 1).forEach((item) => { item.checked = pick.checked; });
  }
  last = pick;
});
document.addEventListener('change', (event) => {
  const { target } = event;
  if (target.matches?.('[data-pick-all]')) document.querySelectorAll('[data-pick]').forEach((pick) => { pick.checked = target.checked; });
  if (target.matches?.('[data-pick], [data-pick-all]')) refresh();
});
document.addEventListener('click', (event) => {
  if (!event.target.closest?.('[data-pick-none]')) return;
  document.querySelectorAll('[data-pick]').forEach((pick) => { pick.checked = false; });
  refresh();
});

// Keys: `a` ticks all rows or none, `shift+x` all rows from the one ticked last to this one.
export function pickAll() {
  const all = document.querySelector('[data-pick-all]');
  all?.click();
  return Boolean(all);
}
export function pickTo(row) {
  const pick = row?.querySelector('[data-pick]');
  if (!pick) return false;
  const picks = [...document.querySelectorAll('[data-pick]')];
  const from = last?.isConnected ? picks.indexOf(last) : picks.indexOf(pick);
  const [first, end] = [from, picks.indexOf(pick)].sort((a, b) => a - b);
  picks.slice(first, end + 1).forEach((item) => { item.checked = true; });
  last = pick;
  refresh();
  return true;
}
document.addEventListener('htmx:after:settle', refresh);
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', refresh); else refresh();
