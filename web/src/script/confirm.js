// Asks before official acts: [data-confirm] on a form or its button, hx-confirm on htmx elements.
// data-confirm-yes names the act on the button, so that nobody has to answer 确定 to a question.

function ask(text, yes) {
  const dialog = document.getElementById('confirm');
  if (!dialog?.showModal) return Promise.resolve(window.confirm(text));
  dialog.querySelector('[data-text]').textContent = text;
  dialog.querySelector('[value="yes"]').textContent = yes || '确定';
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  const source = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!source.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const count = form.querySelector('[data-count]')?.textContent ?? '';
  if (!(await ask(source.dataset.confirm.replace('{n}', count), source.dataset.confirmYes))) return;
  form.dataset.confirmed = 'yes';
  form.requestSubmit(event.submitter ?? undefined);
  delete form.dataset.confirmed;
}, true);

document.addEventListener('htmx:confirm', (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  event.preventDefault();
  ask(ctx.confirm, ctx.sourceElement.dataset.confirmYes).then((yes) => (yes ? issueRequest() : dropRequest()));
});
