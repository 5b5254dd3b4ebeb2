// Dates, counters, and never losing what someone typed.
import { readDate, sayDate } from './dates.js';

const today = () => document.documentElement.dataset.today;

// Dates ----------------------------------------------------------------------------------------

function normalise(input) {
  const said = document.getElementById(`${input.id}-said`);
  const text = input.value.trim();
  const date = text && today() ? readDate(text, today(), Number(input.dataset.year) || undefined) : null;
  if (date) input.value = date;
  input.setCustomValidity(text && !date ? '没有读懂这个日期，请写成 7.31、0731、下周五或 2026-7-31' : '');
  if (!said) return;
  said.textContent = date ? sayDate(date) : text ? '没有读懂这个日期' : '';
  said.classList.toggle('fault', Boolean(text && !date));
}

document.addEventListener('focusout', (event) => { if (event.target.matches?.('[data-date]')) normalise(event.target); });
// Enter submits without leaving the field, so the date is read here as well, before validation.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches?.('[data-date]')) normalise(event.target);
}, true);

// Counters -------------------------------------------------------------------------------------

function count(area) {
  const counter = document.getElementById(`${area.id}-count`);
  if (!counter || area.maxLength < 0) return;
  const left = area.maxLength - area.value.length;
  counter.textContent = left < 0 ? `超出 ${-left} 字` : `${area.value.length} / ${area.maxLength} 字`;
  counter.classList.toggle('over', left < 0);
}

// Keeping --------------------------------------------------------------------------------------
// A form with data-keep and an id remembers its text for the tab. It is forgotten when the server
// says that it was saved: a flash with data-saved on the next page, or a good answer to htmx.

const key = (form) => `keep:${form.dataset.keep || window.location.pathname}:${form.id}`;
const kept = (form) => [...form.elements].filter((item) => item.name && !item.name.startsWith('_')
  && !/^(hidden|password|file|submit|button)$/.test(item.type));

function remember(form, sent) {
  const values = kept(form).filter((item) => item.type !== 'radio' && item.type !== 'checkbox' || item.checked).map((item) => [item.name, item.value]);
  try { sessionStorage.setItem(key(form), JSON.stringify({ sent, values })); } catch { /* full or forbidden: nothing is kept */ }
}

function restore(form) {
  let entry;
  try { entry = JSON.parse(sessionStorage.getItem(key(form))); } catch { return; }
  if (!entry) return;
  let changed = false;
  const left = [...entry.values];
  for (const item of kept(form)) {
    const at = left.findIndex(([name, value]) => name === item.name && (!/^(radio|checkbox)$/.test(item.type) || value === item.value));
    if (/^(radio|checkbox)$/.test(item.type)) {
      if (item.checked !== at >= 0) { item.checked = at >= 0; changed = true; }
    } else if (at >= 0 && item.value !== left[at][1]) { [, item.value] = left[at]; changed = true; }
    if (at >= 0) left.splice(at, 1);
  }
  if (entry.sent) remember(form, false); // a later success elsewhere says nothing about this text
  if (!changed) return;
  const line = document.createElement('p');
  line.className = 'restored';
  line.append('已恢复上次没有提交的内容。');
  const drop = document.createElement('button');
  drop.type = 'button';
  drop.className = 'link';
  drop.textContent = '不要了';
  drop.addEventListener('click', () => {
    sessionStorage.removeItem(key(form));
    form.reset();
    line.remove();
    form.querySelectorAll('textarea').forEach(count);
  });
  line.append(drop);
  form.prepend(line);
  const fold = form.closest('details');
  if (fold) fold.open = true;
}

document.addEventListener('input', (event) => {
  const { target } = event;
  if (target.tagName === 'TEXTAREA') count(target);
  if (target.matches?.('[data-date]')) target.setCustomValidity('');
  const form = target.form;
  if (form?.dataset.keep !== undefined && form.id) remember(form, false);
});
document.addEventListener('submit', (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.keep !== undefined && form.id) remember(form, true);
});
document.addEventListener('htmx:after:request', (event) => {
  const { response, request } = event.detail.ctx;
  const form = request.form;
  if (response.status < 400 && form?.dataset.keep !== undefined && form.id) sessionStorage.removeItem(key(form));
});

// Select boxes marked data-submit send their form when changed.
document.addEventListener('change', (event) => {
  if (event.target.matches?.('[data-submit]')) event.target.form?.requestSubmit();
});

/** Forgets what was sent, whichever page the server answered with. */
function forgetSaved() {
  if (!document.querySelector('[data-saved]')) return;
  for (const name of Object.keys(sessionStorage)) {
    try {
      if (name.startsWith('keep:') && JSON.parse(sessionStorage.getItem(name)).sent) sessionStorage.removeItem(name);
    } catch { sessionStorage.removeItem(name); }
  }
}

function prepare(scope) {
  scope.querySelectorAll('textarea[maxlength]').forEach(count);
  scope.querySelectorAll('form[data-keep][id]').forEach(restore);
  scope.querySelectorAll('textarea[maxlength]').forEach(count);
  scope.querySelectorAll('[data-date]').forEach((input) => { if (input.value) normalise(input); });
}
const start = () => {
  forgetSaved();
  prepare(document);
  document.getElementById('faults')?.focus();
};
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start); else start();
document.addEventListener('htmx:after:settle', () => prepare(document.querySelector('main') ?? document));
