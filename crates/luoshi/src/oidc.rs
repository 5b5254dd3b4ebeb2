//! An OpenID Connect provider, where one is configured.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use luoshi_app::App;
use luoshi_oidc::{Config, Provider};

use crate::cli::OidcArgs;
use crate::secrets;

/// Where the provider sends people back to, under the public address.
const BACK: &str = "/sign-in/oidc/back";

/// How long one request to the provider may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Lets people sign in at the provider that was configured; does nothing without one.
pub(crate) fn configure(app: &mut App, args: &OidcArgs) -> anyhow::Result<()> {
    let (Some(issuer), Some(id), Some(public)) = (&args.issuer, &args.client_id, &args.public_url)
    else {
        return Ok(());
    };
    let file = args.client_secret_file.as_deref();
    let secret = file.map(|file| secrets::read(file, "密钥"));
    let config = Config {
        issuer: issuer.clone(),
        client_id: id.clone(),
        client_secret: secret.transpose()?,
        redirect: format!("{}{BACK}", public.trim_end_matches('/')),
        claim: args.claim.clone(),
        timeout: TIMEOUT,
    };
    let provider = Provider::new(config)
        .with_context(|| format!("统一身份认证 {issuer} 不能用；不用时去掉 --oidc-issuer"))?;
    println!(
        "可经统一身份认证 {issuer} 登录，返回地址 {}{BACK}",
        public.trim_end_matches('/')
    );
    app.identity = Some(Arc::new(provider));
    Ok(())
}
