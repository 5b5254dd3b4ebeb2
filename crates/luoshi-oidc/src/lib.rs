//! Signing in at a provider of the authorities (OpenID Connect: authorization code with PKCE).
//!
//! This is the only place that knows the protocol. Nothing is asked of the provider before the
//! first person wants to sign in there, so that the program starts without it.

mod claims;
mod client;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use luoshi_app::accounts::identity::{IdentityError, IdentityProvider, Outgoing, Pending};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse,
};
use tokio::sync::Mutex;

use crate::claims::OtherClaims;
use crate::client::{HttpError, Transport};

/// How long what the provider says of itself is believed.
const METADATA_LIFE: Duration = Duration::from_secs(10 * 60);

/// What an installation sets.
#[derive(Clone)]
pub struct Config {
    /// The provider's address, as its tokens name it.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    /// Where the provider sends people back to.
    pub redirect: String,
    /// The claim whose value is the person's login, e.g. `preferred_username`.
    pub claim: String,
    /// How long one request may take.
    pub timeout: Duration,
}

/// Why a provider cannot be configured.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("the issuer is no address")]
    Issuer,
    #[error("the address to come back to is none")]
    Redirect,
    #[error("no certificates are known on this machine: {0}")]
    Certificates(#[source] std::io::Error),
}

type Tokens = StandardTokenResponse<
    IdTokenFields<
        OtherClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type Party = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A configured provider.
pub struct Provider {
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    config: Config,
    transport: Transport,
    /// What the provider said of itself, and when.
    known: Mutex<Option<(tokio::time::Instant, CoreProviderMetadata)>>,
}

impl Provider {
    /// Checks the configuration; asks nothing of the provider yet.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let issuer = IssuerUrl::new(config.issuer.clone());
        let redirect = RedirectUrl::new(config.redirect.clone());
        Ok(Self {
            issuer: issuer.map_err(|_unusable| ConfigError::Issuer)?,
            redirect: redirect.map_err(|_unusable| ConfigError::Redirect)?,
            transport: Transport::new(config.timeout).map_err(ConfigError::Certificates)?,
            config,
            known: Mutex::new(None),
        })
    }

    async fn party(&self) -> Result<Party, IdentityError> {
        let mut known = self.known.lock().await;
        let metadata = match &*known {
            Some((at, metadata)) if at.elapsed() < METADATA_LIFE => metadata.clone(),
            _ => {
                let found =
                    CoreProviderMetadata::discover_async(self.issuer.clone(), &self.transport)
                        .await;
                let found = found.map_err(|error| {
                    note(&error);
                    IdentityError::Unreachable
                })?;
                *known = Some((tokio::time::Instant::now(), found.clone()));
                found
            }
        };
        let id = ClientId::new(self.config.client_id.clone());
        let secret = self.config.client_secret.clone().map(ClientSecret::new);
        let party = Party::from_provider_metadata(metadata, id, secret);
        Ok(party.set_redirect_uri(self.redirect.clone()))
    }
}

#[async_trait]
impl IdentityProvider for Provider {
    async fn begin(&self, state: String) -> Result<Outgoing, IdentityError> {
        let party = self.party().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, _state, nonce) = party
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                Nonce::new_random,
            )
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Outgoing {
            address: address.into(),
            pending: Pending {
                nonce: nonce.secret().clone(),
                verifier: verifier.secret().clone(),
            },
        })
    }

    async fn finish(
        &self,
        code: String,
        pending: Pending,
        now: DateTime<Utc>,
    ) -> Result<String, IdentityError> {
        let party = self.party().await?;
        let exchange = party
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| refused(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier));
        let tokens = exchange
            .request_async(&self.transport)
            .await
            .map_err(|error| {
                note(&error);
                match error {
                    RequestTokenError::Request(HttpError::Unreachable(_) | HttpError::Slow) => {
                        IdentityError::Unreachable
                    }
                    _ => IdentityError::Refused,
                }
            })?;
        let token = tokens.id_token().ok_or(IdentityError::Refused)?;
        let verifier = party.id_token_verifier().set_time_fn(move || now);
        let claims = token
            .claims(&verifier, &Nonce::new(pending.nonce))
            .map_err(|error| refused(&error))?;
        claims::login(claims, &self.config.claim).ok_or(IdentityError::Nameless)
    }
}

fn refused(error: &dyn std::error::Error) -> IdentityError {
    note(error);
    IdentityError::Refused
}

/// Notes a cause for the administrator; the person reads a sentence without it.
fn note(error: &dyn std::error::Error) {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::warn!(error = chain, "signing in at the identity provider failed");
}
