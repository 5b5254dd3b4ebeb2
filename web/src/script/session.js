// A session that is over while the page is open: whoever signs in again in another tab goes on here,
// with the text that is still in the fields.
import { toast } from './toast.js';

let over = false;

/** Remembers that the session is over; the next return to this tab looks for a new one. */
export function sessionIsOver() {
  over = true;
}

async function renew() {
  if (!over || document.visibilityState !== 'visible') return;
  const answer = await fetch('/api/v1/session', { headers: { accept: 'application/json' } }).catch(() => null);
  if (!answer?.ok) return;
  const { csrf } = await answer.json();
  over = false;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute('content', csrf);
  document.querySelectorAll('input[name="_csrf"]').forEach((input) => { input.value = csrf; });
  toast('已重新登录，可以接着提交。');
}

document.addEventListener('visibilitychange', renew);
window.addEventListener('focus', renew);
