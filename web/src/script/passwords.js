// Ticks off the rules that a new password keeps, while it is typed. The server checks all of them.
const KINDS = [/\p{Lu}/u, /\p{Ll}/u, /\p{N}/u, /[^\p{Lu}\p{Ll}\p{N}]/u];

const CHECKS = {
  length: (text, rule) => [...text].length >= Number(rule.textContent.match(/\d+/)?.[0]),
  classes: (text) => KINDS.filter((kind) => kind.test(text)).length >= 3,
  login: (text, rule) => !text.toLowerCase().includes(rule.parentElement.dataset.login.toLowerCase()),
};

function tick(text) {
  document.querySelectorAll('#password-rules [data-rule]').forEach((rule) => {
    const kept = text !== '' && CHECKS[rule.dataset.rule]?.(text, rule);
    rule.classList.toggle('kept', Boolean(kept));
    rule.classList.toggle('broken', text !== '' && !kept);
  });
}

document.addEventListener('input', ({ target }) => {
  if (target.name === 'new' && document.getElementById('password-rules')) tick(target.value);
  const form = target.form;
  if (form?.elements.again && form.elements.new) {
    const differ = form.elements.again.value !== '' && form.elements.again.value !== form.elements.new.value;
    form.elements.again.setCustomValidity(differ ? '两次输入的新口令不一样' : '');
  }
});
