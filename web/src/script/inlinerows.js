// Tables whose rows are typed in place: [data-add-row="ID"] adds a copy of the last row of the table
// with that id, emptied but for its lists; Ctrl+Enter in a row does the same.

function add(table) {
  const rows = [...table.querySelectorAll('[data-row]')];
  const last = rows.at(-1);
  if (!last) return;
  const row = last.cloneNode(true);
  const from = `第 ${rows.length} 行`;
  const to = `第 ${rows.length + 1} 行`;
  row.querySelectorAll('[aria-label]').forEach((item) => { item.setAttribute('aria-label', item.getAttribute('aria-label').replace(from, to)); });
  row.querySelectorAll('[data-row-number]').forEach((item) => { item.textContent = rows.length + 1; });
  row.querySelectorAll('input:not([data-date]), textarea').forEach((item) => { item.value = ''; });
  last.after(row);
  row.querySelector('input, select, textarea')?.focus();
}

document.querySelectorAll('[data-add-row]').forEach((button) => { button.hidden = false; });
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-add-row]');
  if (button) add(document.getElementById(button.dataset.addRow));
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.ctrlKey) return;
  const table = event.target.closest?.('[data-rows]');
  if (!table) return;
  event.preventDefault();
  add(table);
});
