// A certified OpenID provider for the tests: one client, whoever the hint names is logged in.
// Ends with its standard input. Prints its address when it listens.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [redirectUri] = process.argv.slice(2);
const people = JSON.parse(process.env.PEOPLE ?? '{}');
const server = createServer();

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'anju',
      client_secret: 'a secret of the tests, long enough',
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [new URL('/', redirectUri).href],
    }],
    claims: { openid: ['sub'], realname: ['name', 'cert_type', 'cert_no', 'phone_number', 'auth_level'] },
    scopes: ['openid', 'realname'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/enter/${interaction.uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    cookies: { keys: ['a key of the tests'] },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...people[sub] }),
    }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid realname');
      await grant.save();
      return grant;
    },
  });
  server.on('request', async (request, response) => {
    if (!request.url.startsWith('/enter/')) return provider.callback()(request, response);
    const { params } = await provider.interactionDetails(request, response);
    const result = params.login_hint === 'nobody'
      ? { error: 'access_denied', error_description: 'the person said no' }
      : { login: { accountId: params.login_hint } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  });
  console.log(issuer);
});
process.stdin.on('end', () => process.exit()).resume();
