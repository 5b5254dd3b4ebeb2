/** Scrolls only the pane around `item`, and only when it is out of sight. */
export function bring(item, smooth = false) {
  const pane = item.closest('.bench-pane');
  if (!pane) return;
  if (getComputedStyle(pane).overflowY === 'visible') {
    item.scrollIntoView({ block: 'nearest' });
    return;
  }
  const inner = item.getBoundingClientRect();
  const outer = pane.getBoundingClientRect();
  const fits = inner.height < outer.height - 70;
  if (inner.top < outer.top + 50 || (fits ? inner.bottom > outer.bottom - 20 : inner.top > outer.top + 80)) {
    const by = inner.top - outer.top - (fits ? outer.height / 3 : 50);
    pane.scrollBy({ top: by, behavior: smooth ? 'smooth' : 'auto' });
  }
}
