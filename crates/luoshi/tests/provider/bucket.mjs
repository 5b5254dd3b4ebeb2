// A store that speaks S3 for the tests, in a folder that goes with it.
//
//   node bucket.mjs PORT BUCKET     prints "ready" when it listens; key and secret are S3RVER
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';

const [port, bucket] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'bucket-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit());

const server = new S3rver({ port: Number(port), address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: bucket }] });
await server.run();
console.log('ready');
