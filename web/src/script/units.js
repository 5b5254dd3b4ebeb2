// Finding units and people by parts of their names or by pinyin initials. Without this file all of them are listed.

function fits(row, words) {
  return row.dataset.name.includes(words) || row.dataset.initials.includes(words.toLowerCase());
}

const listOf = (box) => box.parentElement.querySelector('.units-list');
const shownIn = (list) => [...list.children].filter((row) => !row.hidden);

function narrow(box) {
  const words = box.value.trim();
  for (const row of listOf(box).children) row.hidden = words !== '' && !fits(row, words);
}

/** Ticks a row's box, the first with Enter and the second with Shift, or takes the tick away. */
function tick(row, second) {
  const boxes = row?.querySelectorAll('input') ?? [];
  (boxes[second ? 1 : 0] ?? boxes[0])?.click();
}

document.addEventListener('input', (event) => {
  if (event.target.matches?.('[data-units-find]')) narrow(event.target);
});
document.addEventListener('keydown', (event) => {
  const { target, key } = event;
  if (event.isComposing) return;
  if (target.matches?.('[data-units-find]')) {
    const first = shownIn(listOf(target))[0];
    if (key === 'Enter') {
      event.preventDefault();
      if (target.value.trim() === '') return;
      tick(first, event.shiftKey);
      target.value = '';
      narrow(target);
    } else if (key === 'ArrowDown' && first) {
      event.preventDefault();
      first.querySelector('input').focus();
    }
    return;
  }
  const row = target.closest?.('.units-list > div');
  if (!row || !['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight'].includes(key)) return;
  event.preventDefault();
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    [...row.querySelectorAll('input')].find((other) => other !== target)?.focus();
    return;
  }
  const rows = shownIn(row.parentElement);
  const next = rows[rows.indexOf(row) + (key === 'ArrowDown' ? 1 : -1)];
  if (next) next.querySelector(`input[name="${target.name}"]`).focus();
  else if (key === 'ArrowUp') row.closest('.units').querySelector('[data-units-find]').focus();
});
