//! Hands messages to group robots and other programs, and to nobody on the inside.
//!
//! An address is entered by a person and spoken to by the server, so it is not trusted: the name is
//! resolved once, each of its addresses is judged, and the connection goes to one that was judged.
//! No redirect is followed; time and size are bounded. Neither the address nor what was answered
//! is part of any error.

mod client;
mod connector;
mod ranges;
mod target;
mod wire;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ipnet::IpNet;
use luoshi_app::hooks::sender::{Again, HookSender, Outgoing, SendError};
use luoshi_domain::hooks::HookKind;

use crate::client::{Client, Fault};
use crate::connector::System;
use crate::target::Target;

/// How long one message may take, from resolving the name to the last byte of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What the installation lets out.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Networks on the inside that may be spoken to.
    pub named: Vec<IpNet>,
    /// Further certificate authorities to trust, in PEM.
    pub authority: Option<Vec<u8>>,
}

/// Hands messages over by HTTP.
pub struct HttpSender {
    client: Client,
}

impl HttpSender {
    /// Nobody is asked for anything yet.
    pub fn new(config: Config) -> io::Result<Self> {
        let Config { named, authority } = config;
        let client = Client::new(named, authority.as_deref(), Arc::new(System), TIMEOUT)?;
        Ok(Self { client })
    }
}

#[async_trait]
impl HookSender for HttpSender {
    fn inspect(&self, kind: HookKind, address: &str) -> Result<String, String> {
        let target = Target::read(kind, address)?;
        if let Some(address) = target.literal() {
            target.permit(address, &self.client.named)?;
        }
        Ok(target.host)
    }

    async fn send(&self, outgoing: &Outgoing) -> Result<u16, SendError> {
        let never = |why: String| SendError {
            status: None,
            why,
            again: Again::Never,
        };
        let address = &outgoing.credential.address;
        let target = Target::read(outgoing.kind, address).map_err(never)?;
        let prepared = wire::prepare(outgoing, &target.uri);
        let prepared = prepared.ok_or_else(|| never("地址或密钥不能用。".into()))?;
        let wire::Prepared { uri, headers, body } = prepared;
        match self.client.post(&target, uri, headers, body).await {
            Ok(answer) => wire::judge(outgoing.kind, &answer),
            Err(Fault::Refused(why)) => Err(never(why)),
            Err(Fault::Passing(why)) => Err(SendError {
                status: None,
                why,
                again: Again::Later(None),
            }),
        }
    }
}
