// A mail server for the tests: takes every mail and prints it as one line of JSON.
//
//   node mailbox.mjs PORT [REFUSED]     prints "ready" when it listens; REFUSED is an address it does not know
import { SMTPServer } from 'smtp-server';

const [port, refused] = process.argv.slice(2);

// The subject and the text of a mail with one part.
function read(raw) {
  const [head, body] = [raw.slice(0, raw.indexOf('\r\n\r\n')), raw.slice(raw.indexOf('\r\n\r\n') + 4)];
  const headers = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const header = (name) => headers.find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim() ?? '';
  const bytes = (text) => Buffer.from(text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
  const text = header('content-transfer-encoding') === 'base64' ? Buffer.from(body, 'base64') : bytes(body);
  const words = header('subject').replace(/\?=\s+=\?/g, '?==?');
  const subject = words.replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, word) => Buffer.from(word, 'base64').toString('utf8'));
  return { id: header('message-id'), subject, text: text.toString('utf8') };
}

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onRcptTo({ address }, _session, done) {
    const unknown = address === refused;
    done(unknown ? Object.assign(new Error('no such person here'), { responseCode: 550 }) : null);
  },
  onData(stream, session, done) {
    const parts = [];
    stream.on('data', (part) => parts.push(part));
    stream.on('end', () => {
      const to = session.envelope.rcptTo.map(({ address }) => address);
      const mail = { from: session.envelope.mailFrom.address, to, ...read(Buffer.concat(parts).toString('utf8')) };
      console.log(JSON.stringify(mail));
      done();
    });
  },
});

server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
