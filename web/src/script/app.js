// The pages work without this file; it makes them quick for people who live in them.
import 'htmx.org';
import './requests.js';
import './confirm.js';
import './keys.js';
import './forms.js';
import './rows.js';
import './inlinerows.js';
import './units.js';
import './uploads.js';
import './workbench.js';
import './passwords.js';

document.documentElement.classList.add('scripted');

// On paper nothing can be unfolded, so the reasons are opened for it.
let unfolded = [];
window.addEventListener('beforeprint', () => {
  unfolded = [...document.querySelectorAll('.explain:not([open])')];
  unfolded.forEach((item) => { item.open = true; });
});
window.addEventListener('afterprint', () => unfolded.splice(0).forEach((item) => { item.open = false; }));

document.addEventListener('click', (event) => {
  if (event.target.closest?.('[data-print]')) window.print();
});

// The flash goes away only when it is sent away.
document.addEventListener('click', (event) => {
  event.target.closest?.('[data-dismiss]')?.closest('[data-dismissable]')?.remove();
});
