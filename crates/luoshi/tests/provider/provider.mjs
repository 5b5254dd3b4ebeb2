// An OpenID Connect provider for the tests: signs in whoever the request hints at, without a page.
//
//   node provider.mjs PORT REDIRECT TTL     prints "ready" when it listens
import { Provider } from 'oidc-provider';

const [port, redirect, ttl] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'luoshi', client_secret: 'test-secret', redirect_uris: [redirect],
    grant_types: ['authorization_code'], response_types: ['code'],
  }],
  // Names go into the identity token itself.
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], profile: ['preferred_username', 'staff_number'] },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: `subject-${id}`, preferred_username: id, staff_number: `S-${id}` }),
  }),
  pkce: { required: () => true },
  ttl: { IdToken: Number(ttl), AuthorizationCode: 60, AccessToken: 60, Grant: 60, Interaction: 60, Session: 60 },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

// Who the next person is, as the test says beforehand: GET /next/NAME
let next = 'he';
provider.use(async (ctx, following) => {
  if (ctx.path.startsWith('/next/')) {
    next = ctx.path.slice('/next/'.length);
    ctx.body = 'ok';
    return;
  }
  if (!ctx.path.startsWith('/interaction/')) {
    await following();
    return;
  }
  const { prompt, params, grantId } = await provider.interactionDetails(ctx.req, ctx.res);
  if (prompt.name === 'login') {
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: next } });
  } else {
    const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: next, clientId: params.client_id });
    grant.addOIDCScope('openid profile');
    await provider.interactionFinished(ctx.req, ctx.res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
  }
  ctx.respond = false;
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
