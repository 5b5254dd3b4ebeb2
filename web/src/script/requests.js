// What htmx is told about our server: the CSRF header, and how to speak of a failed request.
import { sessionIsOver } from './session.js';
import { toast } from './toast.js';

const root = document.documentElement;
let running = 0;

document.addEventListener('htmx:config:request', (event) => {
  const { request } = event.detail.ctx;
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token && request.method !== 'GET') request.headers['X-CSRF-Token'] = token;
});
document.addEventListener('htmx:before:request', () => { running += 1; root.classList.add('busy'); });
document.addEventListener('htmx:finally:request', () => {
  running = Math.max(0, running - 1);
  if (running === 0) root.classList.remove('busy');
});

// A swap that replaces the field someone is in gives the focus back to the field of that name.
let held = null;
document.addEventListener('htmx:before:swap', () => {
  const { name, id } = document.activeElement ?? {};
  held = name || id ? { name, id } : null;
});
document.addEventListener('htmx:after:settle', () => {
  if (!held || document.activeElement !== document.body) return;
  const again = held.id ? document.getElementById(held.id) : document.querySelector(`main [name="${CSS.escape(held.name)}"]`);
  again?.focus({ preventScroll: true });
});

const SAID = {
  401: '登录已过期。已填写的内容保留在本页，请在新标签页登录后再试。',
  403: '您没有办理这一步的权限，内容没有改动。',
  404: '这一条已经不在了，请刷新页面。',
  409: '别人刚刚改动了这一条，您的改动没有保存。请刷新后再办。',
  413: '文件太大，没有收下。',
  429: '操作太快，请稍等片刻再试。',
};

// 422 is swapped in by the element's own hx-status:422, and 409 on the workbench; every other failure
// is not swapped at all.
document.addEventListener('htmx:response:error', (event) => {
  const { response, sourceElement } = event.detail.ctx;
  if (response.status === 422) return;
  if (response.status === 401) sessionIsOver();
  if (response.status === 409 && sourceElement.closest?.('.proposal, .clause-group')) return;
  const reference = response.headers.get('x-request-id');
  const text = SAID[response.status] ?? '系统没有办成这一步，已填写的内容保留在本页，请稍后再试。';
  toast(reference ? `${text}\n编号 ${reference}` : text);
});
document.addEventListener('htmx:error', (event) => {
  const { ctx, error } = event.detail;
  if (ctx?.response?.status >= 400) return;
  console.error(error);
  toast(ctx?.response ? '页面没有更新成功，请刷新。' : '连不上服务器。已填写的内容保留在本页，网络恢复后再试。');
});
