// Files are sent one after the other with a progress bar; dropped ones too. Without this file the form
// sends one at a time and the page comes back.
import { sessionIsOver } from './session.js';

const LARGEST = 20_000_000;

function parts(form) {
  return {
    input: form.querySelector('input[type=file]'),
    said: form.querySelector('#file-said'),
    bar: form.querySelector('progress'),
    button: form.querySelector('button'),
    field: form.querySelector('[data-drop]'),
  };
}

function say(form, text, isFault) {
  const { said, field } = parts(form);
  said.textContent = text;
  said.className = isFault ? 'fault' : 'hint';
  field.classList.toggle('field-fault', isFault);
}

/** Sends one file; what is wrong with it, or nothing. */
function send(form, file, query, onProgress) {
  return new Promise((resolve) => {
    const body = new FormData();
    for (const name of ['to', 'mark']) body.append(name, form.elements[name].value);
    body.append('file', file, file.name);
    const request = new XMLHttpRequest();
    request.open('POST', form.dataset.upload + query);
    request.setRequestHeader('X-CSRF-Token', form.elements._csrf.value);
    request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    request.addEventListener('error', () => resolve({ text: '连不上服务器，没有传上去。网络恢复后再传。' }));
    request.addEventListener('load', () => {
      if (request.status === 201) { resolve(null); return; }
      if (request.status === 401) sessionIsOver();
      let problem = {};
      try { problem = JSON.parse(request.responseText); } catch { /* not ours */ }
      resolve({ text: problem.detail ?? '没有传上去，请稍后再试。', code: problem.code });
    });
    request.send(body);
  });
}

async function upload(form, files, query = '') {
  if (form.dataset.busy !== undefined || files.length === 0) return;
  const { bar, button, input } = parts(form);
  form.dataset.busy = '';
  button.disabled = true;
  bar.hidden = false;
  let done = 0;
  for (const file of files) {
    const of = files.length > 1 ? `（第 ${done + 1} 个，共 ${files.length} 个）` : '';
    say(form, `正在上传“${file.name}”${of}`, false);
    bar.value = 0;
    const fault = file.size > LARGEST
      ? { text: '超过 20 MB 的上限，没有上传。请压缩、拆分后再传，或改为写明文号、网址。' }
      : await send(form, file, query, (share) => { bar.value = share * 100; });
    if (fault) {
      bar.hidden = true;
      button.disabled = false;
      delete form.dataset.busy;
      input.value = '';
      const kept = done > 0 ? `前 ${done} 个已保存。` : '';
      say(form, `“${file.name}”：${fault.text}${kept}`, true);
      if (fault.code === 'secrecy_words') offerAnyway(form, [...files].slice(done));
      return;
    }
    done += 1;
  }
  bar.value = 100;
  say(form, '已保存，正在更新页面', false);
  window.location.hash = 'files';
  window.location.reload();
}

/** A word of secrecy stands in the name: whoever has looked again may send it (SYS-05). */
function offerAnyway(form, files) {
  form.querySelector('.upload-anyway')?.remove();
  const again = document.createElement('button');
  again.type = 'button';
  again.className = 'button upload-anyway';
  again.textContent = '已核对，不涉密，仍要上传';
  again.addEventListener('click', () => { again.remove(); upload(form, files, '?unclassified=yes'); });
  parts(form).button.after(' ', again);
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset?.upload === undefined || event.submitter?.formAction.includes('unclassified')) return;
  event.preventDefault();
  upload(form, [...parts(form).input.files]);
});

for (const name of ['dragenter', 'dragover']) {
  document.addEventListener(name, (event) => {
    const field = event.target.closest?.('[data-drop]');
    if (!field || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    field.classList.add('dropping');
  });
}
document.addEventListener('dragleave', (event) => {
  const field = event.target.closest?.('[data-drop]');
  if (field && !field.contains(event.relatedTarget)) field.classList.remove('dropping');
});
document.addEventListener('drop', (event) => {
  const field = event.target.closest?.('[data-drop]');
  if (!field) return;
  event.preventDefault();
  field.classList.remove('dropping');
  upload(field.closest('form'), [...event.dataTransfer.files]);
});

function prepare() {
  document.querySelectorAll('form[data-upload] input[type=file]').forEach((input) => { input.multiple = true; });
}
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', prepare); else prepare();
